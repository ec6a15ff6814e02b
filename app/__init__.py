"""The front door: wires everything, decides nothing."""
