"""The places ordinary companies come from: how a company, its trade and its people are called there."""

from collections.abc import Sequence
from dataclasses import dataclass

ORDINARY = 206


@dataclass(frozen=True)
class Place:
    """`trades` are the second half of a name with the industry it stands for."""

    country: str
    currency: str
    timezone: str
    locale: str
    heads: Sequence[str]
    trades: Sequence[tuple[str, str]]
    people: Sequence[str]


ENGLISH = (
    ("Physiotherapy", "Health care"), ("Accountants", "Accounting"), ("Veterinary Clinic",
     "Veterinary care"),
    ("Joinery", "Construction"), ("Language School", "Education"), ("Property", "Real estate"),
    ("Optics", "Optical retail"), ("Cold Storage", "Logistics"), ("Roofing", "Construction"),
    ("Media", "Advertising"), ("Tool Hire", "Rental"), ("Insurance Brokers", "Insurance"),
    ("Bakery", "Restaurants"),
)

PLACES = (
    Place(
        "US", "USD", "America/Denver", "en",
        ("Alder Creek", "Bristlecone", "Copperfield", "Dry Fork", "Eastgate", "Flintridge", "Granite Bay",
         "Hollister", "Ironwood", "Juniper Hill", "Kestrel", "Lakeshore", "Mesa Verde", "Northgate",
         "Old Mill", "Prairie Star", "Quarry Road", "Red Rock", "Silver Fern", "Timberline"),
        ENGLISH,
        ("Karen Holt", "Marcus Bell", "Tanya Reed", "Owen Price", "Holly Vance", "Luis Romero",
         "Grant Meyer", "Joan Pike"),
    ),
    Place(
        "GB", "GBP", "Europe/London", "en",
        ("Ashdown", "Blackthorn", "Calder Vale", "Dunmore", "Elmstead", "Fairholme", "Glenfield",
         "Hawksmoor", "Inverlea", "Jesmond", "Kingsmead", "Larkhill", "Marlow Bridge", "Netherby",
         "Oakhampton", "Penrose", "Quayside", "Ravensworth", "Stonehaven", "Thornbury"),
        ENGLISH,
        ("Alice Marsh", "Tom Hadley", "Beth Lawson", "Callum Reid", "Fiona Grant", "Neil Carver",
         "Sophie Dunn", "Hugh Penn"),
    ),
    Place(
        "DE", "EUR", "Europe/Berlin", "en",
        ("Adler", "Birkenfeld", "Falkenhorst", "Grünwald", "Hansen", "Isar", "Kranich", "Lindenhof", "Möwe",
         "Nordlicht", "Ostertor", "Quell", "Rheinblick", "Sonnberg", "Tannhof", "Ulmenau", "Vogelsang",
         "Weidental", "Zeisig", "Ahorn"),
        (("Optik", "Optical retail"), ("Gartenbau", "Landscaping"), ("Zahntechnik", "Dental care"),
         ("Logistik", "Logistics"),
         ("Druckerei", "Printing"), ("Steuerberatung", "Accounting"), ("Tierklinik", "Veterinary care"),
         ("Feinmechanik", "Manufacturing"), ("Sprachschule", "Education")),
        ("Lena Fuchs", "Jürgen Roth", "Petra Lang", "Sönke Thiel", "Anke Seidel", "Moritz Haas",
         "Greta Winter", "Uwe Kraft"),
    ),
    Place(
        "NL", "EUR", "Europe/Amsterdam", "en",
        ("Amstel", "Berkel", "De Hoop", "Eemland", "Grachten", "Haven", "IJssel", "Kompas", "Lindenlaan",
         "Merwede", "Noorderzon", "Oosterpark", "Polder", "Rijnstroom", "Schelde", "Tulpen", "Vecht",
         "Waterland", "Zuiderzee", "Brug"),
        (("Fietsen", "Retail"), ("Architecten", "Architecture"), ("Bouw", "Construction"),
         ("Tandartsen", "Dental care"),
         ("Transport", "Logistics"), ("Administratie", "Accounting"), ("Bloemen", "Wholesale")),
        ("Sanne Visser", "Joris Mulder", "Femke Bos", "Daan Smit", "Lotte Kok", "Bram Kuiper", "Noor Prins",
         "Thijs Vos"),
    ),
    Place(
        "SG", "SGD", "Asia/Singapore", "en",
        ("Bukit Batok", "Changi Point", "Dover Road", "East Coast", "Fort Canning", "Geylang",
         "Holland Village", "Jurong", "Katong", "Lavender", "Marina", "Novena", "Orchid", "Pasir Ris",
         "Queensway", "Raffles Quay", "Serangoon", "Telok Ayer", "Upper Thomson", "Woodlands"),
        (("Tuition Centre", "Education"), ("Dental Surgery", "Dental care"), ("Freight", "Logistics"),
         ("Bistro", "Restaurants"),
         ("Corporate Services", "Accounting"), ("Interiors", "Design"), ("Marine Supply", "Wholesale"),
          ("Clinic", "Health care"),
         ("Fitness", "Leisure")),
        ("Tan Wei Ling", "Kumar Selvam", "Lim Jia Hui", "Goh Boon Kiat", "Nadia Yusof", "Chua Mei Xin",
         "Ong Kai Wen", "Priya Raman"),
    ),
    Place(
        "MY", "MYR", "Asia/Kuala_Lumpur", "ms",
        ("Bunga Raya", "Cahaya", "Damai", "Embun Pagi", "Gemilang", "Harapan", "Intan", "Jati", "Kenanga",
         "Lestari", "Mutiara", "Nilam", "Permata", "Rimba", "Seri Murni", "Tanjung", "Usaha", "Warisan",
         "Melati", "Suria"),
        (("Klinik", "Health care"), ("Logistik", "Logistics"), ("Perabot", "Furniture"),
         ("Tadika", "Education"),
         ("Katering", "Restaurants"), ("Percetakan", "Printing"), ("Hartanah", "Real estate"), ("Farmasi",
          "Pharmacy"),
         ("Optik", "Optical retail")),
        ("Nurul Huda", "Azman Shah", "Siti Zaleha", "Hafiz Osman", "Mei Fong", "Ganesh Pillai",
         "Rosnah Idris", "Amir Zaki"),
    ),
    Place(
        "JP", "JPY", "Asia/Tokyo", "en",
        ("Asahi", "Fujimi", "Hikari", "Inaho", "Kaede", "Midori", "Nagisa", "Sakura", "Takara", "Wakaba",
         "Yamabuki", "Hoshino", "Kawabe", "Minato", "Shirakaba", "Tsubame", "Umeda", "Yuki", "Akatsuki",
         "Chidori"),
        (("Dental", "Dental care"), ("Logistics", "Logistics"), ("Design", "Design"),
         ("Foods", "Restaurants"),
         ("Seiki", "Manufacturing"), ("Juku", "Education"), ("Travel", "Travel")),
        ("Yumi Sato", "Kenji Mori", "Aiko Ueda", "Hiroshi Abe", "Mika Ono", "Takumi Hara", "Rie Kudo",
         "Shota Endo"),
    ),
    Place(
        "KW", "KWD", "Asia/Kuwait", "en",
        ("Al Bahar", "Burgan", "Dasman", "Failaka", "Gulf Road", "Jahra", "Khiran", "Mangaf", "Qurain",
         "Salmiya", "Shaab", "Wafra", "Yarmouk", "Zahra", "Mirqab", "Sharq", "Rawda", "Adan", "Surra",
         "Bayan"),
        (("Medical Centre", "Health care"), ("Trading", "Wholesale"), ("Contracting", "Construction"),
         ("Travel", "Travel"),
         ("Academy", "Education"), ("Marine", "Logistics")),
        ("Dalal Mansour", "Yousef Karam", "Reem Fadel", "Hamad Nasser", "Layla Aziz", "Bader Salem",
         "Noura Saad", "Khaled Omar"),
    ),
)
