"""What emoji and emoticons say: our own table of valence, -4 (very bad) to 4 (very good), the scale VADER uses.

Set by hand from how the signs are used under posts, not by the words of their Unicode names ("fire" and "skull" are
praise and laughter here). Signs that are not listed say nothing: flags, food, animals, arrows.
"""

from __future__ import annotations

_EMOJI = {
    3.2: "😍🥰🤩❤💖💗💓💞💕💘💝♥♡😻🫶🏆👑💯❣💟",
    2.7: "😘🔥👏🙌💙💚💛🧡💜🖤🤍🤎🎉🥳🎊💐🌹👌🤗😚🥂🍾🫰🤟🤘🤙💃🕺🥇❥ღ💋😽",
    2.2: "👍😊☺😁😄😃😀😎😋🤤😇💪✨🌟⭐💫🌈🙏🔝🥹😺😸😙😗💎🤝🌸🌺🌷🌻🌼💮🏵👊✌🖒🚀🆒🙋👯🦄🎂🎁🥵💏💑✊☀🌞🤞🍻",
    1.5: "😂🤣😆😉😜😝😛🤪🙂😌🤓🤠🎈🎀🦋🍀💌👸🤴👼🕊😏🙊🙈💅🎶🎵🎯✔✅☘🌴👐💥😹💁🎄🎆🎇🐣☮➕",
    0.6: "😅😱😮😯😲🤯😳🤭🥺👀😈⚡🙃💦🙆🤷👅💀☠🙀😵🤫🤑",
    -0.7: "🤔🤨🧐😐😑😶😬🤧😷🥴😴🥱😪😓🤦🙅🙍🙎😖😣🙉",
    -1.5: "😒🙄😕🙁☹😔😟😥😰😧😦😩😫😨🥀🚫❌⛔🐍🤡👿😤🗑🤥🧂🚩😿🐀🆘🫤🥲😞",
    -2.2: "😢😭💔👎😠💩🖓😾😓🤒🤕☢",
    -3.0: "😡🤬🤮🤢🖕",
}
_AFTER = {"😭": 0.2, "😢": -1.8, "😩": 0.2, "😫": -0.4, "😱": 0.6, "🙏": 1.6}
"""Said again where use has moved on: loud crying and weariness mostly mean "too good to bear" under posts."""

EMOJI_VALENCE: dict[str, float] = {sign: valence for valence, signs in _EMOJI.items() for sign in signs} | _AFTER

_SMILES = {
    1.9: ":) :-) :] :-] =) =] (: (-: (= :> :} ;) ;-) ;] ;-] (; :') ^^ ^_^ ^.^ ^-^ :o) :c) \\o/",
    2.4: ":D :-D =D :d =d xd :)) :-)) :))) :-))) ;D ;d XD xD :-d :P :p :-P :-p ;P ;p =P =p :b :3 :* :-* ;* :-*) ;*)",
    2.8: "<3 <<3 <33 <333 <3333 <33333",
    -1.9: ":( :-( =( :[ :-[ ): )-: )= :c :C :-c :{ t_t t.t",
    -2.2: ":(( :-(( :((( :'( :'-( ;( ;-( :'(( d: D: </3 <\\3",
    -1.3: ":/ :-/ :\\ :-\\ =/ =\\ :| :-| =| :s :-s :S -_- -__- >.< >_< /: :$",
    0.2: ":o :O :-o :-O =o =O o_o o.o o_0 0_o",
}
EMOTICON_VALENCE: dict[str, float] = {
    form.lower(): valence for valence, line in _SMILES.items() for form in line.split()
}


def emoticon_valence(form: str) -> float:
    """The valence of an emoticon as written; one with more mouths than listed counts like the longest listed."""
    form = form.lower()
    while form not in EMOTICON_VALENCE and len(form) > 2 and form[-1] == form[-2]:
        form = form[:-1]
    return EMOTICON_VALENCE.get(form, 0.0)
