"""Which column of a stranger's table is what: the usual names of exports, and how sure we are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from serving.page.amounts import CODES

Role = Literal[
    "creator_id", "handle", "platform", "followers", "category", "country", "language",
    "fee", "commission_rate", "product_cost", "expected_exposed",
]  # fmt: skip

LABELS: Mapping[Role, str] = MappingProxyType({
    "creator_id": "Creator id (catalogue)",
    "handle": "Handle",
    "platform": "Platform",
    "followers": "Followers",
    "category": "Category",
    "country": "Country of the creator",
    "language": "Language",
    "fee": "Fee asked",
    "commission_rate": "Commission",
    "product_cost": "Product cost",
    "expected_exposed": "Expected to see it",
})  # fmt: skip

# Compared without case, blanks and signs. The first half of each row leaves no doubt; the second is asked about.
_SURE: Mapping[Role, str] = {
    "creator_id": "creatorid channelid",
    "handle": "handle username creatorhandle influencerinstaname platformusername tiktoker instagramhandle customurl "
    "accounthandle screenname channeltitle accountname profileurl profilelink accounturl instagramurl instagramlink "
    "tiktokurl youtubeurl channelurl benutzername nutzername profillink pseudo usuario nomeutente 账号",
    "platform": "platform workplatformname network socialnetwork plattform plateforme plataforma piattaforma 平台",
    "followers": "followers followercount followerscount followersnumbers subscribers subscriberscount "
    "subscribercount numberoffollowers follower abonnenten abonnes seguidores 粉丝数",
    "category": "category niche category1 vertical channeltype topcategory kategorie categorie categoria nische",
    "country": "creatorcountry countrycode abbreviation country land pays pais paese",
    "language": "language lang sprache langue idioma lingua",
    "fee": "fee feeasked askedfee askingprice askingfee quote offer price rate fees feeperpost priceperpost "
    "rateperpost honorar preis gage tarif tarifa precio preco prezzo vergutung 报价",
    "commission_rate": "commissionrate commission provision commissionpercent comision commissione",
    "product_cost": "productcost giftcost productvalue giftvalue warenwert produktkosten",
    "expected_exposed": "expectedexposed expectedreach",
}
_MAYBE: Mapping[Role, str] = {
    "handle": "instagramname youtubername youtuber channelinfo influencername channelname name account creator "
    "influencer title channel user profile url link profil",
    "creator_id": "id accountid externalid",
    "platform": "site source socialmedia",
    "followers": "fans audiencesize size",
    "category": "topic industry",
    "country": "location",
    "fee": "cost budget amount fee eur ratecard pricing kosten cachet",
    "product_cost": "product gift",
    "expected_exposed": "reach exposed impressions avgreach",
}


@dataclass(frozen=True)
class Guess:
    """A column per role, and the roles a person should look at before they are used."""

    columns: Mapping[Role, str]
    unsure: tuple[Role, ...]

    @property
    def sure(self) -> bool:
        """Whether the table can be read without asking: who is meant is beyond doubt."""
        return not self.unsure and bool({"creator_id", "handle"} & set(self.columns))


def guess(names: Iterable[str]) -> Guess:
    """The role of each column by its name; the first column of a name wins.

    A dotted name (`profile.follower_count`) is known by its whole or by its end.
    """
    names = [str(name) for name in names]
    if any(word in _plain(name) for name in names for word in ("videoid", "videotitle")):
        names = [name for name in names if _end(name) != "title"]  # of a video, which is no creator
    columns: dict[Role, str] = {}
    unsure: list[Role] = []
    for known, doubtful in ((_SURE, False), (_MAYBE, True)):
        for role, words in known.items():
            # A name beside a sure id needs no guess, and a bare id says nothing beside a name.
            who = {"creator_id", "handle"}
            if role in columns or (role in who and doubtful and who & set(columns)):
                continue
            found = _first(names, words.split(), taken=columns.values())
            if found is not None:
                columns[role] = found
                if doubtful:
                    unsure.append(role)
    return Guess(columns, tuple(unsure))


def platform_hint(names: Iterable[str]) -> str | None:
    """The one platform that column names speak of (`Influencer insta name`), None when none or several."""
    text = " ".join(names).lower()
    words = {"instagram": "insta", "tiktok": "tiktok", "youtube": "youtube"}
    found = [platform for platform, word in words.items() if word in text]
    return found[0] if len(found) == 1 else None


def _first(names: list[str], words: list[str], taken: Iterable[str]) -> str | None:
    free = [name for name in names if name not in set(taken)]
    for word in words:
        for name in free:
            if word in (_plain(name), _end(name)):
                return name
    return None


def _end(name: str) -> str:
    """What a dotted name ends in; a name without dots as it is."""
    return _plain(name.rpartition(".")[2]) or _plain(name)


def _plain(name: str) -> str:
    """The name without case, accents, signs, a unit at its end, and the `.1` that marks a repeated one."""
    bare = re.sub(r"\.\d+$", "", name)
    unitless = re.sub(rf"\([^)]*\)|\b(in )?({CODES.replace(' ', '|')})\b", "", bare, flags=re.IGNORECASE)
    letters = "".join(c for c in unicodedata.normalize("NFKD", unitless) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", letters.lower()) or re.sub(r"[\W_]+", "", bare.lower())
