"""The demo's requests: one that waits for the manager, one sent back to its asker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.demo import PROVIDER
from dashboards.demo_clock import ago, on
from projects.services import intake as intakes
from projects.services import organisation as organisations

if TYPE_CHECKING:
    from projects.models import Organisation, User


def ask(people: dict[str, User], sides: dict[str, Organisation]) -> None:
    """Both of them, in the week before."""
    with on(ago(60)):
        organisations.allow_visitors(
            organisation=sides[PROVIDER], allowed=True, by=people["ono"]
        )
    with on(ago(3)):
        intakes.file_intake(
            by=people["aoki"],
            provider=sides[PROVIDER],
            customer=sides["青葉フーズ"],
            problem="冷凍品の廃棄が月80万円あり、発注量を前日までに決めたい。",
            kind="inventory",
            place_kind="kitchen",
            place="第二厨房",
            believed_data="発注と廃棄の記録が3年分、表計算のファイルにあります。",
            decider="購買部長 林 誠",
            asker_name="青木 進",
            asker_email=people["aoki"].email,
        )
    with on(ago(8)):
        asked = intakes.file_intake(
            by=people["yamamoto"],
            provider=sides[PROVIDER],
            customer=sides["三河精機"],
            problem="塗装の色むらを出荷前に見つけたい。",
            kind="anomaly",
            place_kind="line",
            place="豊田工場 塗装ライン",
            believed_data="検査の写真が半年分あるはずです。",
            decider="工場長 西村 徹",
            asker_name="山本 健一",
            asker_email=people["yamamoto"].email,
        )
    with on(ago(6)):
        intakes.ask(
            intake=asked,
            question="色むらと判定された写真は何枚ありますか。",
            by=people["kato"],
        )
