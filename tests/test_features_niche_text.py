"""What the niche features read of texts: folding, tokens, hashtags, subjects, signs, brands and briefs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.errors import BriefError
from data.history import History
from features.niche_match import niche_match
from features.niche_reading import Captions
from features.niche_signs import CONTROVERSIAL, DISCLOSED, PROFANE, SCAM, TRIGGER, Brand, brands, spaced
from features.niche_subjects import read_brief
from features.niche_text import Splitter, fold, shortened, stem, tokens
from features.niche_topics import TOPICS, plain_splitter, topic_mass, topics_of
from tests.histories import draw_history

AS_OF = pd.Timestamp("2025-01-01", tz="UTC")


def names_of(term: str) -> set[str]:
    return {TOPICS[t] for t in topics_of(term)}


def test_fold_sees_through_disguise() -> None:
    assert fold("Crème Brûlée") == "creme brulee"
    assert fold("𝓢𝓱𝓸𝓮𝓼 ｓａｌｅ") == "shoes sale"
    assert fold("рayраl") == "paypal"  # Cyrillic р, а among Latin letters
    assert fold("мама") == "мама"  # a word wholly in one script stays in it
    assert fold("Ёлка") == "елка"
    assert fold("Tom &amp; Jerry") == "tom & jerry"


def test_tokens_keep_tags_names_and_emoji_and_drop_links() -> None:
    text = fold("New shoes! #OOTD @nike.run 👗👗 see https://x.co/a?b=1 www.shop.com don't")
    assert tokens(text) == ["new", "shoes", "#ootd", "@nike.run", "👗", "👗", "see", "don't"]


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [("shoes", "shoe"), ("babies", "baby"), ("dresses", "dress"), ("dress", "dress"), ("dog's", "dog"), ("gas", "gas")],
)
def test_stem_drops_plurals(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


def test_shortened_undoes_drawn_out_letters() -> None:
    assert shortened("cuuuute") == "cute"
    assert shortened("good") == "good"


def test_hashtags_are_taken_apart_by_known_words_only() -> None:
    splitter = Splitter.of(["shoes", "shoe", "vegan", "dessert"], {})
    assert splitter.split("shoeslover") == ["shoes", "lover"]
    assert splitter.split("vegandessert") == ["vegan", "dessert"]
    assert splitter.split("xyzzyqwrt") == []
    assert splitter.terms("#shoeslover") == ["#shoeslover", "shoes", "lover"]
    assert splitter.terms("#xyzzyqwrt") == ["#xyzzyqwrt"]
    assert splitter.terms("shoeslover") == ["shoeslover"]
    assert splitter.name_words("The_Vegan.Shoes99") == ["the", "vegan", "shoes"]


def test_counted_words_decide_how_a_hashtag_splits() -> None:
    assert Splitter.of([], {"hers": -1.0, "hop": -1.0}).split("hershop") == ["hers", "hop"]
    assert Splitter.of([], {"her": -1.0, "shop": -1.0, "hers": -9.0, "hop": -9.0}).split("hershop") == ["her", "shop"]


def test_a_very_long_hashtag_is_cut_and_split() -> None:
    assert Splitter.of(["shoes"], {}).split("shoes" * 100)[:2] == ["shoes", "shoes"]


def test_unspaced_scripts_become_pairs_of_letters() -> None:
    assert plain_splitter().terms("#旅行好き") == ["#旅行好き", "旅行", "行好", "好き"]
    assert plain_splitter().terms("犬") == ["犬"]


@pytest.mark.parametrize(
    ("term", "subject"),
    [("lipstick", "beauty"), ("lipsticks", "beauty"), ("rezepte", "food"), ("maquillaje", "beauty"),
     ("viajes", "travel"), ("강아지가", "pets"), ("育児", "family"), ("🐶", "pets"), ("workouts", "fitness"),
     ("cuuuupcakes", "food")],
)  # fmt: skip
def test_the_lexicon_knows_words_of_many_languages(term: str, subject: str) -> None:
    assert subject in names_of(fold(term))


def test_topic_mass_spreads_a_word_over_its_subjects_and_dampens_repeats() -> None:
    assert names_of("table") == {"interior"}
    mass = topic_mass(["table", "table", "qqq"])
    assert mass[TOPICS.index("interior")] == pytest.approx(1 + np.log(2))
    assert mass.sum() == pytest.approx(1 + np.log(2))
    both = topic_mass(["hike"])
    assert names_of("hike") == {"travel", "outdoors"}
    assert both.max() == pytest.approx(0.5)


def test_brands_are_named_as_words_tags_or_names() -> None:
    brand = Brand.of("Acme Shoes")
    assert brand is not None
    for text in ("my acme shoes rock", "#AcmeShoes", "thanks @acme_shoes.official", "Acme Shoes' sale"):
        assert brand.named_in(spaced(tokens(fold(text)))), text
    for text in ("acme boots", "shoes by acme", "#acme", "pacme shoesy"):
        assert not brand.named_in(spaced(tokens(fold(text)))), text
    assert Brand.of("  !") is None
    assert [b.key for b in brands("Zed, acme ,ZED,")] == ["zed", "acme"]
    assert brands(None) == ()


def test_short_brands_do_not_match_the_start_of_longer_names() -> None:
    brand = Brand.of("Gap")
    assert brand is not None
    assert brand.named_in(" #gap ")
    assert not brand.named_in(" @gapyear #gapyear ")


@pytest.mark.parametrize(
    ("caption", "sign"),
    [
        ("Lovely #ad", DISCLOSED), ("AD | my new bag", DISCLOSED), ("[Anzeige] neue Schuhe", DISCLOSED),
        ("In paid partnership with Zed", DISCLOSED), ("Collaboration commerciale avec Zed", DISCLOSED),
        ("#publicité pour un thé", DISCLOSED), ("#реклама", DISCLOSED), ("#zedpartner", DISCLOSED),
        ("#unbezahlteWerbung", DISCLOSED), ("#colaboraciónpagada", DISCLOSED),
        ("what the fuck", PROFANE), ("fuuuuck", PROFANE), ("блять", PROFANE), ("#bullshit", PROFANE),
        ("guaranteed profit, DM me", SCAM), ("double your bitcoin today", SCAM), ("get rich quick!", SCAM),
        ("new casino bonus", CONTROVERSIAL),
    ],
)  # fmt: skip
def test_signs_of_captions(caption: str, sign: int) -> None:
    assert Captions.read([caption]).signs[0] & ~TRIGGER == sign


@pytest.mark.parametrize(
    "caption",
    ["I had a sad day", "add a glad iPad", "paid my rent", "shiitake and cockpit", "we doubled the recipe",
     "no followers", "", "an ad-free evening of reading"],
)  # fmt: skip
def test_innocent_captions_carry_no_sign(caption: str) -> None:
    assert Captions.read([caption]).signs[0] & ~TRIGGER == 0


def test_a_brief_is_read_by_its_texts() -> None:
    brief = read_brief("Grain-free food for your dog", "kibble,puppies", "pet care", None)
    assert TOPICS[brief.main] == "pets"
    assert brief.topics.sum() == pytest.approx(1.0)
    assert brief.keys == {"kibble", "puppy", "pet", "care"}
    assert "dog" in brief.words
    assert "your" not in brief.words
    assert read_brief("dog food", None, None, None).keys == {"dog", "food"}
    assert read_brief("zzz qqq", None, None, None).main == -1
    assert read_brief(None, None, None, None).words == frozenset()


@pytest.mark.parametrize(
    ("brief", "subject"),
    [
        ("Cherchons des passionnés de pâtisserie pour essayer notre chocolat dans leurs gâteaux", "food"),
        ("Wir suchen Leute für unsere Hundeleine, die mit ihrem Vierbeiner draußen sind", "pets"),
        ("Ein leichter Koffer, der in jedes Handgepäckfach passt, für die nächste Städtereise", "travel"),
        ("Buscamos dueños de perros y gatos para probar nuestro pienso sin cereales", "pets"),
        ("The one pan that is all you need to cook supper; one brief, one date, one recipe", "food"),
    ],
)
def test_function_words_of_other_languages_tell_no_subject(brief: str, subject: str) -> None:
    assert TOPICS[read_brief(brief, None, None, None).main] == subject


@pytest.mark.parametrize("brief", [{}, {"brief": ""}, {"brief": "zzz qqq", "keywords": ""}, {"brief": None}])
def test_a_brief_without_a_known_word_is_refused(brief: dict[str, Any]) -> None:
    with pytest.raises(BriefError, match="words that name a product"):
        niche_match(draw_history(0)[0], brief, AS_OF)


def test_match_without_creators_is_empty() -> None:
    assert len(niche_match(History.of({}), {"brief": "shoes"}, AS_OF)) == 0
