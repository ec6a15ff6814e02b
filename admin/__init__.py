"""The staff's rooms: find the record, call its verb, show it."""
