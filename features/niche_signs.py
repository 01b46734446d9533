"""Signs in a caption that a person must see: advertising told, a brand named, words a brand would not stand beside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from features.niche_text import fold, shortened, words_of

DISCLOSED, PROFANE, SCAM, CONTROVERSIAL, TRIGGER = 1, 2, 4, 8, 16
"""Bits of a term's or a caption's signs. A `TRIGGER` word decides nothing itself: it asks for a look at phrases."""

_DISCLOSING = words_of(
    "#ad #ads #advert #advertisement #advertising #adv #sponsored #sponsoredpost #sponsoredcontent #sponsoredby "
    "#sponsor #spon #paid #paidad #paidpartner #paidpartnership #paidpartnerships #paidpromotion #promo #promotion "
    "#partner #brandpartner #partnership #brandpartnership #ambassador #brandambassador #gifted #prgift #prsample "
    "#suppliedby #affiliate #affiliatelink #anzeige #werbung #unbezahltewerbung #bezahltewerbung #werbunganzeige "
    "#kooperation #produktplatzierung #publicite #sponsorise #partenariat #partenariatremunere "
    "#collaborationcommerciale #publicidad #publi #patrocinado #patrocinada #colaboracionpagada "
    "#contenidopatrocinado #publicidade #publipost #parceriapaga #parceria #publieditorial #pubblicita "
    "#sponsorizzato #contenutosponsorizzato #collaborazione #advertentie #reclame #samenwerking "
    "#betaaldesamenwerking #betaaldpartnerschap #spons #reklama #wspolpraca #wspolpracareklamowa "
    "#materialsponsorowany #spoluprace #placenespoluprace #spolupraca #reklam #isbirligi #sponsorlu #реклама "
    "#партнерство #партнерскиипост #annons #samarbete #reklame #annonce #reklamesamarbeid #kaupallinenyhteistyo "
    "#mainos #iklan #endorse #endorsement #タイアップ #広告 #pr "
    "#광고 #협찬 #유료광고 #제품제공 #اعلان #إعلان #إعلان_مدفوع anzeige "
    "werbung werbepost advertorial sponsored"
)
_DISCLOSING_END = ("partner", "ambassador", "sponsored", "paidpartnership")
_DISCLOSING_START = ("#werbung", "#anzeige", "#sponsor")
_PROFANE = words_of(
    "fuck fucks fucked fucker fuckers fuckin fucking motherfucker motherfuckers motherfucking shit shits shitty "
    "shitting bullshit bitch bitches bitchy asshole assholes cunt cunts dickhead dumbass bastard bastards wanker "
    "twat slut sluts whore whores faggot faggots fag nigger niggers nigga niggas stfu puta putas puto mierda "
    "pendejo pendeja cabron gilipollas joder hijueputa verga maricon scheisse scheiss arschloch fotze hurensohn "
    "wichser putain merde connard connasse salope encule caralho porra foda fodase foder cacete buceta cazzo "
    "stronzo stronza vaffanculo puttana minchia coglione kut klootzak kutwijf kurwa chuj jebac pierdole spierdalaj "
    "сука блять бля пиздец пизда хуи хуиня ебать ебаныи amk orospu siktir bangsat kontol"
)
_PROFANE_START = ("fuck", "motherfuck", "пизд", "хуе", "ебан")
_SCAM = words_of("#forexsignals #binaryoptions #moneyflip #cashappflip #freefollowers #getrichquick #bitcoinmining")
_CONTROVERSIAL = words_of(
    "abortion genocide antivax antivaxx antivaxxer plandemic qanon terrorist terrorism nazi nazis racist racism "
    "homophobic islamophobia islamophobic antisemitic antisemitism xenophobia porn pornhub porno onlyfans nsfw "
    "cocaine heroin meth cannabis marijuana stoned casino betting gambling sportsbook jackpot suicide massacre maga "
    "#maga #maga2020 #trump2020 #blm #prolife #prochoice #guncontrol #2a brexit impeach impeachment "
    "lynching drogas drogen kokain casinos apuestas glucksspiel nacktbilder aborto avortement abtreibung казино "
    "наркотики"
)
_TRIGGERS = {
    "ad", "paid", "partnership", "sponsored", "partenariat", "commerciale", "colaboracion", "parceria", "contenido",
    "contenuto", "werbung", "betaalde", "wspolpraca", "guaranteed", "double", "triple", "invest", "investment", "rich",
    "signals", "flip", "followers", "miracle", "whatsapp", "telegram", "profit", "profits", "kg", "pounds", "lbs",
}  # fmt: skip
_PHRASES = (
    (DISCLOSED, re.compile(
        r"^\W*ad\b(?!\w)|[\[(<|*]\s*ad\s*[\])>|*:]|\bpaid (?:partnership|promotion|collaboration|post|ad)\b"
        r"|\bsponsored (?:by|post|content)\b|\bin paid\b|\bpartenariat remunere\b|\bcollaboration commerciale\b"
        r"|\bcolaboracion pagada\b|\bcontenido patrocinado\b|\bparceria paga\b|\bcontenuto sponsorizzato\b"
        r"|\bbetaalde samenwerking\b|\bwspolpraca (?:reklamowa|platna)\b")),
    (SCAM, re.compile(
        r"\bguaranteed (?:profits?|returns?|income|winnings?)\b|\bget rich (?:quick|fast)\b"
        r"|\b(?:double|triple) your (?:money|bitcoin|crypto|investment)\b"
        r"|\b(?:dm|message|text|whatsapp|telegram) (?:me )?(?:to|for|and) (?:invest|earn|profit)"
        r"|\b(?:forex|crypto|trading) signals\b|\bcash ?app flip\b|\bmoney flip\b|\b(?:free|buy|get \d+\w?) followers\b"
        r"|\bmiracle (?:cure|pill|diet)\b|\b(?:lose|lost) \d+ ?(?:kg|pounds|lbs) in \d+ (?:days?|week)\b"
        r"|\binvest \W?\d+\S* (?:and )?(?:get|earn|receive)\b|\b100 ?% (?:profit|guaranteed)\b")),
)  # fmt: skip


@lru_cache(maxsize=200_000)
def signs_of(term: str) -> int:
    """The signs a folded term carries, as bits."""
    word = shortened(term)
    found = TRIGGER if word in _TRIGGERS else 0
    tag_tells = term[0] == "#" and (term.endswith(_DISCLOSING_END) or term.startswith(_DISCLOSING_START))
    if term in _DISCLOSING or tag_tells:
        found |= DISCLOSED
    bare = word.removeprefix("#")
    if bare in _PROFANE or term in _PROFANE or bare.startswith(_PROFANE_START):
        found |= PROFANE
    if term in _SCAM:
        found |= SCAM
    return found | (CONTROVERSIAL if term in _CONTROVERSIAL or bare in _CONTROVERSIAL else 0)


def signs_of_phrases(folded: str) -> int:
    """The signs that phrases of a folded caption carry, as bits. Worth asking where a term was a `TRIGGER`."""
    found = 0
    for sign, phrases in _PHRASES:
        if phrases.search(folded):
            found |= sign
    return found


_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Brand:
    """A brand or competitor by how captions name it: as words, as a #tag, or as the start of an @name."""

    words: str
    key: str

    @classmethod
    def of(cls, name: str) -> Brand | None:
        """None where a name has fewer than two letters or digits: too short to be told from anything."""
        parts = re.findall(r"[^\W_]+", fold(name))
        key = "".join(parts)
        return cls(" ".join(parts), key) if len(key) > 1 else None

    def named_in(self, spaced: str) -> bool:
        """Whether a caption, as `spaced` gives it, names the brand."""
        if f" {self.words} " in spaced or f" #{self.key} " in spaced:
            return True
        return len(self.key) > 3 and (f" @{self.key}" in spaced or f" #{self.key}" in spaced)


def spaced(tokens: Iterable[str]) -> str:
    """Tokens with one blank around each, marks inside @names and possessives taken off: what `Brand` reads."""
    return f" {' '.join([_bare(t) for t in tokens])} "


def _bare(token: str) -> str:
    if token[0] not in "@#":
        return token.removesuffix("'s")
    return token if token[1:].isalnum() else token[0] + _MARKS.sub("", token[1:])


def brands(names: object) -> tuple[Brand, ...]:
    """The distinct brands of a comma-separated list; none where it is missing."""
    if not isinstance(names, str):
        return ()
    found = (Brand.of(name) for name in sorted({n.strip() for n in names.split(",")}))
    return tuple(dict.fromkeys(b for b in found if b is not None))
