"""The simulated market's subjects: what each niche talks about and sells, and how near the niches are."""

# ruff: noqa: E501 - banks of phrases, easier to read whole than wrapped

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_FAR = 0.05
"""Nearness of two niches that share nothing in particular."""


@dataclass(frozen=True)
class Niche:
    """One subject: `products` it sells, `words` it talks in, `places` where it happens, and who follows it."""

    name: str
    products: tuple[str, ...]
    words: tuple[str, ...]
    places: tuple[str, ...]
    age: float
    """Centre of the audience's age bands, 0 (13-17) to 6 (65+)."""
    female: float
    """Typical share of women in the audience."""
    offset: float
    """What the niche adds to true log lift."""


def _niche(name: str, products: str, words: str, places: str, age: float, female: float, offset: float) -> Niche:
    def split(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split(","))

    return Niche(name, split(products), split(words), split(places), age, female, offset)


NICHES: tuple[Niche, ...] = (
    _niche("beauty", "serum, lipstick, face mask, moisturiser, palette, mascara, cleanser, sunscreen",
           "skincare, glow, makeup, routine, spf, retinol, blush, concealer, hydration, dewy skin, nails, lashes",
           "bathroom shelf, vanity, get ready with me", 1.6, 0.85, 0.04),
    _niche("fashion", "dress, jacket, sneakers, handbag, coat, jeans, scarf, earrings",
           "outfit, style, wardrobe, thrifted, linen, tailoring, streetwear, capsule wardrobe, lookbook, vintage, denim, ootd",
           "fitting room, mirror, fashion week", 1.9, 0.74, 0.02),
    _niche("fitness", "protein powder, yoga mat, dumbbells, running shoes, leggings, fitness tracker, shaker, resistance bands",
           "workout, reps, gains, cardio, mobility, deadlift, marathon, stretching, gym, hiit, recovery, pilates",
           "gym floor, track, living room workout", 1.9, 0.48, 0.02),
    _niche("food", "cookware, espresso machine, olive oil, hot sauce, chef knife, recipe box, pasta, air fryer",
           "recipe, dinner, baking, sourdough, brunch, vegan, seasoning, dessert, ramen, meal prep, kitchen, spicy",
           "kitchen, market, tiny restaurant", 2.5, 0.6, 0.02),
    _niche("travel", "suitcase, backpack, travel pillow, hotel stay, city pass, packing cubes, sim card, camera bag",
           "itinerary, flight, hostel, sunset, beach, roadtrip, museum, passport, layover, old town, island, wanderlust",
           "airport, night train, coast", 2.3, 0.54, -0.02),
    _niche("tech", "headphones, phone case, keyboard, monitor, smart speaker, charger, tablet, webcam",
           "unboxing, benchmark, battery life, firmware, setup, specs, android, usb c, latency, camera test, app, gadget",
           "desk, studio, workbench", 2.1, 0.25, -0.03),
    _niche("gaming", "gaming chair, controller, mouse, graphics card, headset, mechanical keyboard, console, energy drink",
           "speedrun, boss fight, ranked, patch notes, stream, clutch, indie game, loadout, fps, co op, lobby, respawn",
           "stream room, lan party, arcade", 1.2, 0.24, 0.0),
    _niche("family", "stroller, baby carrier, diaper bag, wooden toys, lunch box, car seat, night light, picture book",
           "toddler, bedtime, newborn, motherhood, nap, school run, playground, parenting, dad life, crafts, teething, siblings",
           "nursery, playground, kitchen table", 2.9, 0.78, 0.03),
    _niche("home", "sofa, lamp, storage box, candle, bedding, vacuum, paint, plant pot",
           "renovation, decor, shelves, declutter, diy, cosy corner, houseplants, interior, upcycled, hallway, lighting, rug",
           "living room, workshop, balcony", 2.9, 0.72, 0.0),
    _niche("pets", "dog food, cat tree, leash, pet camera, litter box, chew toy, dog bed, grooming brush",
           "puppy, kitten, rescue, zoomies, training, vet, walkies, paws, fur, treats, whiskers, adoption",
           "dog park, sofa, vet waiting room", 2.4, 0.66, 0.03),
    _niche("finance", "budget app, trading app, savings account, credit card, tax software, planner, course, insurance",
           "investing, budget, etf, side hustle, saving, dividends, debt free, retirement, spreadsheet, credit score, tax, income",
           "desk, podcast, home office", 2.6, 0.38, -0.05),
    _niche("outdoors", "tent, hiking boots, sleeping bag, rain jacket, camp stove, headlamp, climbing shoes, water filter",
           "trail, summit, campfire, hike, climbing, ridge, forest, thru hike, paddling, snow, basecamp, wild camping",
           "trailhead, ridge, riverside", 2.4, 0.44, -0.01),
)  # fmt: skip

_NEAR: dict[frozenset[str], float] = {
    frozenset(pair): value
    for *pair, value in (
        ("beauty", "fashion", 0.45), ("fitness", "outdoors", 0.4), ("tech", "gaming", 0.5), ("family", "home", 0.4),
        ("food", "home", 0.3), ("travel", "outdoors", 0.5), ("travel", "food", 0.3), ("home", "pets", 0.2),
        ("family", "food", 0.25), ("fitness", "food", 0.25), ("fashion", "fitness", 0.2), ("tech", "finance", 0.2),
        ("fashion", "home", 0.2), ("outdoors", "pets", 0.2), ("beauty", "fitness", 0.2), ("travel", "fashion", 0.2),
    )
}  # fmt: skip


def nearness() -> np.ndarray:
    """How near niches are, shape (n_niches, n_niches), symmetric, 1 on the diagonal."""
    size = len(NICHES)
    near = np.full((size, size), _FAR)
    for i, a in enumerate(NICHES):
        for j, b in enumerate(NICHES):
            near[i, j] = 1.0 if i == j else _NEAR.get(frozenset((a.name, b.name)), _FAR)
    return near
