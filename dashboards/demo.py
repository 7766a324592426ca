"""Who is in the demo, and the one password they share."""

from __future__ import annotations

from projects.permissions import Role
from projects.skills import Skill

PASSWORD = "kenshu-demo"  # noqa: S105 - printed at every start of the demo
PEOPLE = (
    ("kato", "加藤 由美", "Yumi Kato", "かなめ技研", Role.PROJECT_MANAGER),
    ("tanaka", "田中 翔", "Sho Tanaka", "かなめ技研", Role.ENGINEER),
    ("sato", "佐藤 恵", "Megumi Sato", "かなめ技研", Role.EXECUTIVE),
    ("mori", "森 亜矢", "Aya Mori", "かなめ技研", Role.VIEWER),
    ("ono", "大野 圭", "Kei Ono", "かなめ技研", Role.ADMINISTRATOR),
    ("yamamoto", "山本 健一", "Kenichi Yamamoto", "三河精機", Role.EXECUTIVE),
    ("kitagawa", "北川 実", "Minoru Kitagawa", "北越電力", Role.EXECUTIVE),
    ("maruyama", "丸山 直", "Nao Maruyama", "丸橋ストア", Role.EXECUTIVE),
    ("aoki", "青木 進", "Susumu Aoki", "青葉フーズ", Role.EXECUTIVE),
    ("ishida", "石田 真紀", "Maki Ishida", "若葉ベーカリー", Role.EXECUTIVE),
)
PROVIDER = "かなめ技研"
CUSTOMERS = {
    "三河精機": "Mikawa Seiki",
    "北越電力": "Hokuetsu Power",
    "丸橋ストア": "Maruhashi Stores",
    "青葉フーズ": "Aoba Foods",
    "若葉ベーカリー": "Wakaba Bakery",
}
# Hours a week by person and skill; nobody covers the front end and Kubernetes.
HOURS = {
    "kato": {Skill.API: 6, Skill.OPERATIONS: 4},
    "tanaka": {Skill.PAPERS: 12, Skill.INSTANCES: 3, Skill.API: 8},
    "yamamoto": {Skill.DOMAIN: 5},
}
