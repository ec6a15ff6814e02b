"""The cast: the companies and people that demo, tests and browser runs share, as rows of the book."""

from collections.abc import Iterator, Sequence

Row = Sequence[object]

MAYA, RAVI, OMAR = "maya@lumen.example", "ravi@lumen.example", "omar@lumen.example"

ACCOUNTS: list[Row] = [
    ("cedar-dental", "Cedar Dental", "USD", "US", "America/Chicago", "en", "Dental care", "2023-09-04", 91,
     "false", "true", "true", "true", "false", "cus_cedar_dental", MAYA),
    ("pelangi-cafe", "Pelangi Café", "MYR", "MY", "Asia/Kuala_Lumpur", "ms", "Restaurants", "2024-08-30", 82,
     "false", "true", "", "", "false", "", MAYA),
    ("juno-studio", "Juno Studio", "EUR", "DE", "Europe/Berlin", "en", "Design", "2022-09-19", 84, "false",
     "true", "true", "true", "false", "cus_juno_studio", MAYA),
    ("northwind-freight", "Northwind Freight", "USD", "US", "America/New_York", "en", "Freight",
     "2021-09-24", 62, "false", "true", "false", "", "true", "", MAYA),
    ("halden-bank", "Halden Bank", "USD", "NO", "Europe/Oslo", "en", "Banking", "2020-10-19", 86, "true",
     "true", "true", "true", "false", "", MAYA),
    ("orbit-labs", "Orbit Labs", "USD", "US", "America/Los_Angeles", "en", "Research", "2024-01-22", 38,
     "false", "false", "false", "false", "true", "", MAYA),
]

STAFF: list[Row] = [
    ("", MAYA, "Maya Iskandar", "Customer success manager", "csm", "en"),
    ("", RAVI, "Ravi Menon", "Renewal specialist", "specialist", "en"),
    ("", OMAR, "Omar Haddad", "Account executive, deal desk", "ae", "en"),
    ("", "ines@lumen.example", "Ines Carvalho", "Vice president, customer success", "manager", "en"),
    ("", "farah@lumen.example", "Farah Aziz", "Finance", "finance", "ms"),
    ("", "tomas@lumen.example", "Tomas Novak", "Legal counsel", "legal", "en"),
    ("", "grace@lumen.example", "Grace Okafor", "Chief customer officer", "executive", "en"),
    ("", "adam@lumen.example", "Adam Reyes", "Administrator", "admin", "en"),
]

CUSTOMERS: list[Row] = [
    ("cedar-dental", "ruth@cedar-dental.example", "Ruth Calder", "Practice manager", "owner;buyer", "en"),
    ("cedar-dental", "leo@cedar-dental.example", "Leo Brandt", "Bookkeeper", "procurement", ""),
    ("cedar-dental", "nina@cedar-dental.example", "Nina Ortiz", "Front desk", "viewer", ""),
    ("pelangi-cafe", "aisyah@pelangi-cafe.example", "Aisyah Rahman", "Pemilik", "owner;buyer", "ms"),
    ("pelangi-cafe", "faiz@pelangi-cafe.example", "Faiz Rahman", "Penyelia cawangan", "viewer", "ms"),
    ("juno-studio", "jonas@juno-studio.example", "Jonas Keller", "Founder", "owner;buyer", "en"),
    ("juno-studio", "mara@juno-studio.example", "Mara Vogt", "Studio manager", "viewer", ""),
    ("northwind-freight", "dana@northwind-freight.example", "Dana Whitlock", "Head of operations", "owner",
     "en"),
    ("northwind-freight", "victor@northwind-freight.example", "Victor Ames", "Chief financial officer",
     "buyer;signer", ""),
    ("northwind-freight", "priya@northwind-freight.example", "Priya Nair", "Procurement", "procurement", ""),
    ("halden-bank", "anna@halden-bank.example", "Anna Lindqvist", "Head of digital channels, champion",
     "owner", "en"),
    ("halden-bank", "erik@halden-bank.example", "Erik Solberg", "Chief operating officer, economic buyer",
     "buyer", ""),
    ("halden-bank", "paul@halden-bank.example", "Paul Eriksen", "Procurement", "procurement", ""),
    ("halden-bank", "sigrid@halden-bank.example", "Sigrid Dahl", "Legal counsel", "viewer", ""),
    ("halden-bank", "henrik@halden-bank.example", "Henrik Moe", "Chief executive officer, signs", "signer",
     ""),
    ("halden-bank", "liv@halden-bank.example", "Liv Hagen", "IT security, first approver", "viewer", ""),
    ("halden-bank", "olav@halden-bank.example", "Olav Berg", "Vendor risk, second approver", "viewer", ""),
    ("halden-bank", "marit@halden-bank.example", "Marit Lunde", "Finance control, third approver", "viewer",
     ""),
    ("halden-bank", "kari@halden-bank.example", "Kari Strand", "Investment board, fourth approver", "viewer",
     ""),
    ("orbit-labs", "sam@orbit-labs.example", "Sam Whitaker", "Lab manager", "owner;buyer", "en"),
    ("orbit-labs", "iris@orbit-labs.example", "Iris Chen", "Research lead", "viewer", ""),
]

PEOPLE = STAFF + CUSTOMERS

STAKES: dict[str, Row] = {
    # the part they play, the tie, their stance, what weighs on them, who of us keeps the tie, the last contact
    "ruth@cedar-dental.example": ("champion;economic_buyer;decision_maker", "strong", "advocate", "", MAYA,
                                  "2026-07-22"),
    "leo@cedar-dental.example": ("procurement", "medium", "neutral", "Wants the invoice before the month ends", RAVI,
                                 "2026-06-30"),
    "nina@cedar-dental.example": ("user", "medium", "advocate", "", MAYA, "2026-05-12"),
    "aisyah@pelangi-cafe.example": ("champion;economic_buyer;decision_maker", "strong", "advocate",
                                    "Cawangan keempat dibuka pada bulan Oktober", MAYA, "2026-07-28"),
    "faiz@pelangi-cafe.example": ("user", "medium", "advocate", "", RAVI, "2026-07-01"),
    "jonas@juno-studio.example": ("champion;economic_buyer;decision_maker", "medium", "neutral", "", MAYA,
                                  "2026-06-18"),
    "mara@juno-studio.example": ("user", "strong", "advocate", "", RAVI, "2026-07-09"),
    "dana@northwind-freight.example": ("champion", "strong", "advocate", "The depots still plan on paper", MAYA,
                                       "2026-07-30"),
    "victor@northwind-freight.example": ("economic_buyer;decision_maker", "medium", "neutral",
                                         "Freight rates fell; every contract is looked at", OMAR, "2026-05-19"),
    "priya@northwind-freight.example": ("procurement", "medium", "neutral", "", OMAR, "2026-07-14"),
    "anna@halden-bank.example": ("champion", "strong", "advocate", "Needs figures for the investment board", MAYA,
                                 "2026-08-03"),
    "erik@halden-bank.example": ("economic_buyer", "medium", "neutral", "A budget for two years, not one", OMAR,
                                 "2026-07-21"),
    "paul@halden-bank.example": ("procurement", "medium", "neutral", "Sixteen per cent for three years", OMAR,
                                 "2026-08-04"),
    "sigrid@halden-bank.example": ("legal", "medium", "neutral", "Where the data are kept", "tomas@lumen.example",
                                   "2026-07-10"),
    "henrik@halden-bank.example": ("decision_maker", "medium", "neutral", "", "grace@lumen.example", "2026-05-06"),
    "liv@halden-bank.example": ("technical_buyer", "medium", "neutral", "Sign-in by the bank’s own directory", OMAR,
                                "2026-07-16"),
    "sam@orbit-labs.example": ("champion;economic_buyer;decision_maker", "weak", "detractor",
                               "Half of the lab went back to spreadsheets", MAYA, "2026-04-02"),
    "iris@orbit-labs.example": ("user", "medium", "neutral", "Exports take too long", RAVI, "2026-06-11"),
}
"""What is known of the people of the companies with a story, by mail address."""

CEDAR, PELANGI, JUNO = "cedar-dental-growth", "pelangi-cafe-growth", "juno-studio-growth"
NORTHWIND, HALDEN, ORBIT = "northwind-freight-platform", "halden-bank-platform", "orbit-labs-growth"

SUBSCRIPTIONS: list[Row] = [
    (CEDAR, "cedar-dental", "growth", "growth", 16, "432.00", "2024-09-04", "2025-09-04", 14, "false",
     "annual", 0, "won", "", ""),
    (CEDAR, "cedar-dental", "growth", "growth", 20, "432.00", "2025-09-04", "2026-09-04", 14, "false",
     "annual", 0, "engaged", "", ""),
    (PELANGI, "pelangi-cafe", "growth", "growth", 10, "1920.00", "2024-08-30", "2025-08-30", 7, "false",
     "annual", 0, "won", "", ""),
    (PELANGI, "pelangi-cafe", "growth", "growth", 12, "1920.00", "2025-08-30", "2026-08-30", 7, "false",
     "annual", 0, "engaged", "", ""),
    (JUNO, "juno-studio", "growth", "growth", 14, "408.00", "2024-09-19", "2025-09-19", 30, "true", "annual",
     0, "won", "", ""),
    (JUNO, "juno-studio", "growth", "growth", 15, "408.00", "2025-09-19", "2026-09-19", 30, "true", "annual",
     0, "preparing", "", ""),
    (NORTHWIND, "northwind-freight", "platform", "platform", 75, "800.00", "2024-09-24", "2025-09-24", 30,
     "false", "annual", 30, "won", "", ""),
    (NORTHWIND, "northwind-freight", "platform", "platform", 75, "800.00", "2025-09-24", "2026-09-24", 30,
     "false", "annual", 30, "proposed", "", ""),
    (HALDEN, "halden-bank", "platform", "platform", 350, "600.00", "2024-10-19", "2025-10-19", 60, "false",
     "annual", 45, "won", "", ""),
    (HALDEN, "halden-bank", "platform", "platform", 400, "600.00", "2025-10-19", "2026-10-19", 60, "false",
     "annual", 45, "negotiating", OMAR, "252000.00"),
    (ORBIT, "orbit-labs", "growth", "growth", 60, "360.00", "2025-01-22", "2026-01-22", 30, "false",
     "annual", 30, "won", "", ""),
    (ORBIT, "orbit-labs", "growth", "growth", 50, "367.20", "2026-01-22", "2027-01-22", 30, "false",
     "annual", 30, "planned", "", ""),
]

_AT, _YEAR = "2026-07-31", "August 2025 to July 2026"

VALUE: list[Row] = [
    ("cedar-dental", CEDAR, "cedar-1", "hours_saved", "Hours saved at the front desk",
     "Jam dijimatkan di kaunter hadapan", "312", "hours", "", f"Reminder log, {_YEAR}",
     "About 2.2 minutes of calling saved by each reminder", _AT),
    ("cedar-dental", CEDAR, "cedar-2", "hourly_cost", "Cost of an hour at the front desk",
     "Kos sejam di kaunter hadapan", "45.00", "money", "USD", "Told by the practice, 3 March 2026",
     "Wage and employer's share", _AT),
    ("cedar-dental", CEDAR, "cedar-3", "reminders_sent", "Reminders sent", "Peringatan dihantar", "8412",
     "count", "", f"Reminder log, {_YEAR}", "", _AT),
    ("cedar-dental", CEDAR, "cedar-4", "no_shows", "No-shows", "Janji temu yang terlepas", "-38", "percent",
     "", f"Appointment book, {_YEAR}, against the year before", "Cancelled on the day counts as a no-show",
     _AT),
    ("cedar-dental", CEDAR, "cedar-5", "satisfaction", "Satisfaction", "Kepuasan", "4.7", "score", "",
     "Patients' survey, July 2026", "214 answers", _AT),
    ("pelangi-cafe", PELANGI, "pelangi-1", "hours_saved", "Hours saved on rosters",
     "Jam dijimatkan untuk jadual", "168", "hours", "", "Jadual syif, Ogos 2025 hingga Julai 2026",
     "Sejam bagi setiap jadual mingguan di tiga cawangan", _AT),
    ("pelangi-cafe", PELANGI, "pelangi-2", "hourly_cost", "Cost of an hour", "Kos sejam", "28.00", "money",
     "MYR", "Diberitahu oleh pemilik, 12 Mei 2026", "Gaji penyelia", _AT),
    ("pelangi-cafe", PELANGI, "pelangi-3", "bookings", "Tables booked online", "Meja ditempah dalam talian",
     "5140", "count", "", f"Rekod tempahan, {_YEAR}", "", _AT),
    ("pelangi-cafe", PELANGI, "pelangi-4", "satisfaction", "Guests' satisfaction", "Kepuasan tetamu", "4.5",
     "score", "", "Kaji selidik tetamu, Julai 2026", "", _AT),
    ("juno-studio", JUNO, "juno-1", "hours_saved", "Hours saved on scheduling",
     "Jam dijimatkan untuk penjadualan", "140", "hours", "", f"Calendar log, {_YEAR}",
     "5 minutes for each booked session", _AT),
    ("juno-studio", JUNO, "juno-2", "hourly_cost", "Cost of a studio hour", "Kos sejam studio", "60.00",
     "money", "EUR", "Told by the studio, 20 January 2026", "", _AT),
    ("juno-studio", JUNO, "juno-3", "sessions", "Sessions booked", "Sesi ditempah", "1680", "count", "",
     f"Calendar log, {_YEAR}", "", _AT),
    ("northwind-freight", NORTHWIND, "northwind-1", "hours_saved", "Hours saved in dispatch",
     "Jam dijimatkan dalam penghantaran", "1210", "hours", "", f"Dispatch log, {_YEAR}",
     "6 minutes a shipment", _AT),
    ("northwind-freight", NORTHWIND, "northwind-2", "late_pickups", "Late pickups", "Pengambilan lewat",
     "-11", "percent", "", f"Carrier reports, {_YEAR}, against the year before", "", _AT),
    ("halden-bank", HALDEN, "halden-1", "hours_saved", "Hours saved in branches",
     "Jam dijimatkan di cawangan", "9850", "hours", "", f"Appointment system, {_YEAR}",
     "12 minutes a prepared meeting", _AT),
    ("halden-bank", HALDEN, "halden-2", "hourly_cost", "Cost of an adviser's hour", "Kos sejam penasihat",
     "62.00", "money", "USD", "Finance control, 14 April 2026", "Full cost", _AT),
    ("halden-bank", HALDEN, "halden-3", "meetings", "Meetings prepared", "Mesyuarat disediakan", "49250",
     "count", "", f"Appointment system, {_YEAR}", "", _AT),
    ("halden-bank", HALDEN, "halden-4", "no_shows", "No-shows", "Janji temu yang terlepas", "-27", "percent",
     "", f"Appointment system, {_YEAR}, against the year before", "", _AT),
    ("halden-bank", HALDEN, "halden-5", "satisfaction", "Satisfaction", "Kepuasan", "4.4", "score", "",
     "Clients' survey, June 2026", "3,120 answers", _AT),
]

_USE = {
    CEDAR: (
        [14, 14, 14, 15, 15, 15, 16, 16, 16, 17, 17, 17],
        [14, 16, 18, 20, 22, 24, 26, 28, 31, 34, 38, 41],
    ),
    PELANGI: (
        [8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 11],
        [11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17],
    ),
    JUNO: (
        [12, 12, 12, 12, 13, 13, 13, 13, 13, 13, 13, 14],
        [9, 10, 10, 11, 11, 12, 12, 12, 13, 13, 13, 14],
    ),
    NORTHWIND: (
        [70, 70, 69, 69, 68, 66, 64, 63, 61, 60, 58, 57],
        [110, 110, 108, 106, 104, 102, 100, 98, 96, 94, 92, 90],
    ),
    HALDEN: (
        [318, 322, 327, 331, 336, 341, 345, 350, 354, 359, 364, 368],
        [720, 735, 750, 770, 790, 805, 825, 840, 865, 890, 915, 945],
    ),
    ORBIT: (
        [41, 40, 38, 36, 33, 30, 27, 24, 22, 20, 19, 18],
        [60, 58, 52, 48, 41, 36, 30, 26, 22, 19, 17, 15],
    ),
}
"""Active users and hours saved, month by month; a subscription's hours sum to its figure."""


def usage(months: Sequence[str]) -> Iterator[Row]:
    for subscription, series in _USE.items():
        for metric, amounts in zip(("active_users", "hours_saved"), series, strict=True):
            yield from ((subscription, metric, month, n) for month, n in zip(months, amounts, strict=True))
