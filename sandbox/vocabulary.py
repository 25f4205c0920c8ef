"""The words people, companies and jobs are made of."""

from __future__ import annotations

from typing import NamedTuple


class City(NamedTuple):
    """A place a company can have its head office in."""

    city: str
    state: str
    country: str
    country_code: str
    legal_form: str


class Industry(NamedTuple):
    """One industry as each provider words it."""

    leadiq: str
    contactout: str
    letrics: str


class Department(NamedTuple):
    """One department, its chief, and the provider's words for it."""

    name: str
    chief: str
    chief_short: str
    leadiq_domain: str
    contactout_function: str
    skills: tuple[str, ...]


class Level(NamedTuple):
    """One rung of the ladder, three wordings of its title, and the providers' words for its seniority."""

    rank: int
    forms: tuple[str, str, str]
    leadiq: str
    contactout: str
    letrics: str
    decides: bool


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CITIES = (
    City("San Francisco", "California", "United States", "us", ", Inc."),
    City("Los Angeles", "California", "United States", "us", " LLC"),
    City("Austin", "Texas", "United States", "us", ", Inc."),
    City("Boston", "Massachusetts", "United States", "us", " Corp."),
    City("New York", "New York", "United States", "us", ", Inc."),
    City("Seattle", "Washington", "United States", "us", ", Inc."),
    City("Chicago", "Illinois", "United States", "us", " LLC"),
    City("London", "England", "United Kingdom", "uk", " Ltd"),
    City("Manchester", "England", "United Kingdom", "uk", " Limited"),
    City("Edinburgh", "Scotland", "United Kingdom", "uk", " plc"),
    City("Berlin", "Berlin", "Germany", "de", " GmbH"),
    City("München", "Bayern", "Germany", "de", " AG"),
    City("Paris", "Île-de-France", "France", "fr", " SAS"),
    City("Lyon", "Auvergne-Rhône-Alpes", "France", "fr", " SARL"),
    City("São Paulo", "São Paulo", "Brazil", "br", " Ltda."),
    City("Curitiba", "Paraná", "Brazil", "br", " S.A."),
    City("Toronto", "Ontario", "Canada", "ca", " Inc."),
    City("Sydney", "New South Wales", "Australia", "au", " Pty Ltd"),
    City("Bengaluru", "Karnataka", "India", "in", " Pvt Ltd"),
    City("Stockholm", "Stockholm County", "Sweden", "se", " AB"),
    City("Singapore", "", "Singapore", "sg", " Pte. Ltd."),
)

INDUSTRIES = (
    Industry("Computer Software", "Software Development", "Software"),
    Industry("Information Technology & Services", "IT Services and IT Consulting", "IT Services"),
    Industry("Hospital & Health Care", "Hospitals and Health Care", "Healthcare"),
    Industry("Financial Services", "Financial Services", "Finance"),
    Industry("Marketing & Advertising", "Advertising Services", "Advertising"),
    Industry("Logistics & Supply Chain", "Transportation, Logistics, Supply Chain and Storage", "Logistics"),
    Industry("Renewables & Environment", "Renewable Energy Power Generation", "Energy"),
    Industry("E-Learning", "E-Learning Providers", "Education"),
    Industry("Retail", "Retail", "Retail"),
    Industry("Machinery", "Machinery Manufacturing", "Manufacturing"),
)

DEPARTMENTS = (
    Department(
        "Marketing",
        "Chief Marketing Officer",
        "CMO",
        "Marketing",
        "Marketing",
        ("Brand Strategy", "Demand Generation", "SEO", "Content Marketing", "Marketing Automation"),
    ),
    Department(
        "Sales",
        "Chief Revenue Officer",
        "CRO",
        "Sales",
        "Sales",
        ("Account Planning", "Negotiation", "Forecasting", "CRM", "Channel Sales"),
    ),
    Department(
        "Engineering",
        "Chief Technology Officer",
        "CTO",
        "Engineering",
        "Engineering",
        ("Python", "Java", "Distributed Systems", "Kubernetes", "ReactJS"),
    ),
    Department(
        "Finance",
        "Chief Financial Officer",
        "CFO",
        "Finance",
        "Finance",
        ("Budget Planning", "Financial Modelling", "IFRS", "Treasury", "Audit"),
    ),
    Department(
        "Human Resources",
        "Chief People Officer",
        "CPO",
        "HumanResources",
        "Human Resources",
        ("Recruiting", "Onboarding", "Compensation", "Labour Law", "Coaching"),
    ),
    Department(
        "Operations",
        "Chief Operating Officer",
        "COO",
        "Operations",
        "Operations",
        ("Lean", "Procurement", "Process Design", "Vendor Management", "Logistics"),
    ),
    Department(
        "Product",
        "Chief Product Officer",
        "CPO",
        "Product",
        "Product Management",
        ("Roadmapping", "User Research", "Requirements Gathering", "A/B Testing", "Pricing"),
    ),
    Department(
        "Information Technology",
        "Chief Information Officer",
        "CIO",
        "InformationTechnology",
        "Information Technology",
        ("Network Security", "Networking", "Storage", "Identity Management", "ITIL"),
    ),
)

LEVELS = (
    Level(0, ("{d} Associate", "Associate, {d}", "{d} associate"), "Other", "Entry", "entry", False),
    Level(1, ("{d} Manager", "Manager, {d}", "Manager of {d}"), "Manager", "Manager", "manager", False),
    Level(
        2,
        ("Senior {d} Manager", "Sr. {d} Manager", "Senior Manager, {d}"),
        "Manager",
        "Senior",
        "senior_manager",
        False,
    ),
    Level(3, ("Director of {d}", "{d} Director", "Director, {d}"), "Director", "Director", "director", True),
    Level(4, ("VP {d}", "Vice President of {d}", "VP of {d}"), "VP", "Vice President", "vp", True),
    Level(5, ("{chief}", "{short}", "{chief} ({short})"), "Executive", "CXO", "c_level", True),
)

FIRST_NAMES = _listed(
    "Amara Anjali Anaïs Astrid Beatriz Björn Camille Chidi Chloé Darragh Dilnoza Eduardo Elif Émile Fatima Fiona "
    "Freya Gustavo Hana Hélène Hugo Ibrahim Ines Ingrid Isabela Jakub Jamal Jürgen Kaito Katarzyna Kofi Lena Liam "
    "Lourdes Luca Magnus Mai Mariana Mateo Mei Nadia Ngozi Niamh Nikolai Noor Olu Oscar Petra Priya Rafael Ravi "
    "Rosalind Salma Sanjay Saoirse Selma Søren Tariq Tomás Valentina Wanjiru Wei Yara Yuki Zofia Zoë"
)
LAST_NAMES = _listed(
    "Abara Adeyemi Almgren Álvarez Amsel Bakshi Barros Bellweather Bianchi Brandvold Çelik Chaudhary Cordeiro Dahl "
    "Delacroix Devereaux Dunmore Eklund Ellery Fairbairn Ferreira Fontaine Gallagher García Grünwald Haddad Halloran "
    "Hashimoto Hawksworth Iyer Jansen Kamau Kaplan Kowalczyk Kurosawa Laurent Lindqvist Lovelace Machado Mbeki "
    "Mendonça Mistry Moreau Müller Nakagawa Novák Núñez Oduya Okafor Olsen Osei Peixoto Pereira Petrov Quist Rahman "
    "Reyes Rousseau Sandoval Schäfer Sørensen Tanaka Thackeray Tran Usman Vasquez Villeneuve Wexford Whitlock Yilmaz "
    "Zhang Zielinski"
)
COMPANY_HEADS = _listed(
    "Bright Cedar Copper Dawn Ember Fern Frost Gale Granite Harbor Hazel Iron Juniper Kelp Lark Lumen Maple Meadow "
    "North Oak Onyx Opal Pine Quill Raven River Rook Sable Silver Slate Snow Sparrow Stone Summit Thistle Tidal "
    "Velvet Vesper Willow Winter"
)
COMPANY_TAILS = _listed(
    "arc beacon bridge brook cairn crest dale drift field fjord fold forge gate glen grove haven heath hollow kite "
    "loom mark mere mill moor path peak port reach ridge run shore span spire stead vale wake ward weir wick works"
)
COMPANY_EXTRAS = (
    "Labs",
    "Systems",
    "Partners",
    "Analytics",
    "Health",
    "Energy",
    "Freight",
    "Studio",
    "Capital",
    "Robotics",
)
TECHNOLOGIES = (
    "Amazon Web Services",
    "Cloudflare",
    "Datadog",
    "HubSpot",
    "Kubernetes",
    "Marketo",
    "PostgreSQL",
    "React",
    "Salesforce",
    "Shopify",
    "Snowflake",
    "Stripe",
    "WordPress",
    "Zendesk",
)
FUNCTIONS = ("B2B", "B2C", "SaaS", "Marketplace", "Agency", "Manufacturer", "Distributor")
SCHOOLS = (
    "Aldermoor University",
    "Institut Vaucluse",
    "Hochschule Lindental",
    "Universidade Serra Azul",
    "Tarn College",
)
DEGREES = ("Bachelor's Degree", "Master's Degree", "Doctorate Degree", "MBA")
FIELDS_OF_STUDY = ("Computer Science", "Economics", "Business Administration", "Mechanical Engineering", "Psychology")
LANGUAGES = {
    "us": "English",
    "uk": "English",
    "de": "German",
    "fr": "French",
    "br": "Portuguese",
    "ca": "English",
    "au": "English",
    "in": "Hindi",
    "se": "Swedish",
    "sg": "Malay",
}
SIZE_BANDS = ((1, 10), (11, 50), (51, 200), (201, 500), (501, 1000), (1001, 5000), (5001, 10000))
PERSONAL_MAIL_HOSTS = ("example.com", "example.org", "example.net")
# 555-0100 to 555-0199 are set aside for fiction in every one of these area codes.
AREA_CODES = _listed(
    "202 206 212 213 214 215 216 301 302 303 305 312 313 314 315 401 402 404 405 406 408 410 412 413 415 417 501 502 "
    "503 504 505 507 508 509 510 512 513 515 516 601 602 603 605 606 607 608 609 610 612 614 615 616 617 619 701 702 "
    "703 704 706 707 708 712 713 714 715 716 717 718"
)
# Head offices are reached in area codes of their own, so that no person's number is a company's.
HEAD_OFFICE_AREA_CODES = _listed("801 802 803 804 805 806 808 810 812 813 814 815 816 817 818 828 830 831 832 843")
# The people and companies of traps (sandbox/traps) share no number and no name with the others.
MORE_AREA_CODES = _listed(
    "219 224 228 229 231 234 239 240 248 251 252 253 254 256 260 262 267 269 270 281 308 309 310 316 317 318 319 320 "
    "321 323 325 330 331 334 336 337 339 347 351 352 360 361 407 409 414 419 423 425 432 434 440 443 469 478 479 480"
)
TRADE_HEADS = _listed(
    "Albany Alder Almond Amber Basalt Birch Borealis Bramble Briar Canyon Cobalt Comet Coral Crocus Drumlin Falcon "
    "Garnet Ginger Heron Indigo Jasper Kestrel Lagoon Laurel Linden Magnolia Marble Merlin Mistral Nutmeg Orchid "
    "Osprey Pebble Poppy Quartz Saffron Sequoia Tamarind Topaz Zephyr"
)
TRADE_TAILS = _listed(
    "Bakery Bikes Brewing Catering Cinemas Dental Dyeworks Fabrics Fitness Foods Gardens Glassworks Hotels Instruments "
    "Kitchens Optics Pottery Printers Records Tyres"
)
