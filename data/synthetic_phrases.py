"""What people write in the simulated market: phrase banks by intent and language, put together freely.

`{p}` stands for a product of the post's niche, `{w}` for one of its words, `{l}` for a place, `{at}` for an account.
"""

# ruff: noqa: E501 - banks of phrases, easier to read whole than wrapped

from __future__ import annotations

LANGUAGES = ("en", "es", "de", "fr", "pt")
INTENTS = ("purchase", "question", "complaint", "praise", "generic", "emoji", "tag", "spam", "product", "chat")
"""What a comment is about. `product`: tells of the own use of the product; `chat`: anything else."""

OPENERS: dict[str, tuple[str, ...]] = {
    "en": ("omg ", "ok but ", "wait ", "honestly ", "girl ", "bro ", "hi! ", "not gonna lie, ", "so ", "aww ", "hey "),
    "es": ("ay ", "hola! ", "oye ", "la verdad ", "jaja "),
    "de": ("oh ", "hallo! ", "ehrlich gesagt ", "sag mal, ", "hey "),
    "fr": ("oh ", "coucou! ", "franchement ", "dis, ", "alors "),
    "pt": ("ai ", "oi! ", "gente ", "nossa ", "olha "),
}
TAILS: dict[str, tuple[str, ...]] = {
    "purchase": ("", "?", "??", " 🙏", " please", " 😍", "!!", " 🛒", "?? 😭", " pls"),
    "question": ("?", "??", "? 🤔", "? 🙏", "? thanks", " ?", "?"),
    "complaint": ("", ".", "...", " 😒", " 🙄", "!", " 👎", " 😡", "."),
    "praise": ("", "!", "!!", " ❤️", " 😍", " 🙌", " 👏👏", " 💕", " 🔥", "."),
    "generic": ("", "!", "!!", " 😍", " ❤️", " 🔥🔥", " 💯", " 👌", " ✨"),
    "emoji": ("",),
    "tag": ("", " 😂", " 👀", " 😍", "!!", " 🤣🤣"),
    "spam": ("", " 🔥🔥", " 💰", " 👉", "!!!", " 📩", " ✅"),
    "product": ("", ".", "!", " 🙌", " 😊", " 👌", "."),
    "chat": ("", ".", " 😂", " 😅", "!", " 🙂", " haha"),
}

WARM = (" ❤️", " 😍😍", " love it", " love this!", " so good", " 💕", " amazing", " 🥰", " beautiful", " best")
"""What followers in a good mood add to whatever they write."""

CORES: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "purchase": (
            "where can I buy this {p}", "where did you get the {p}", "link to the {p}", "I need this {p} in my life",
            "just ordered the {p}", "adding the {p} to my cart right now", "do you ship to Canada", "does it ship to the UK",
            "how much is the {p}", "what is the price of this {p}", "is the {p} still in stock", "when does the {p} restock",
            "is there a discount code", "what's the code again", "take my money", "I'm obsessed, need this now",
            "buying one for my sister", "ordered two of the {p} last night", "about to order", "sold, getting the {p} tonight",
            "can I get this in Germany", "grabbing one after payday", "my order is on its way",
            "finally bought the {p} because of you", "which size should I order", "shop link for the {p}",
            "definitely purchasing this", "ok you convinced me, {p} ordered", "I want to buy the {p}, which colour is this",
            "is the {p} on sale anywhere", "where do I get one", "does your code still work for the {p}",
        ),
        "question": (
            "how long did that take you", "what camera do you use", "can you do a tutorial on {w}", "what song is this",
            "where is this place", "is the {p} good for beginners", "how do you stay consistent with {w}", "what time do you get up",
            "does the {p} work with sensitive skin", "how often do you do this", "any tips for {w}", "do you wash the {p} by hand",
            "which one do you like best", "how did you start with {w}", "what did you do about the {w} part",
            "is that your own {p}", "can you explain the {w} step", "what was the weather like", "does this work for kids too",
        ),
        "complaint": (
            "this isn't great tbh", "the {p} broke in 2 days", "mine never arrived", "so overpriced", "not worth it at all",
            "another ad, really", "too many ads lately", "unfollowing, every post is sponsored", "customer service never answered me",
            "so cheap looking", "this doesn't work at all", "tried the {p}, total waste of money", "really disappointed with the {p}",
            "this feels so fake", "returned the {p}, bad quality", "don't buy it, it's a scam", "I miss when you were honest",
            "the {p} gave me a rash", "worst {p} I ever had", "you clearly never used the {p}", "clickbait again",
            "still waiting for my refund", "not good, the {p} fell apart", "used to love your posts, not anymore",
        ),
        "praise": (
            "your tips are so helpful", "I love how honest you are", "you explain {w} so clearly", "best {w} account on here",
            "this is sick", "killing it", "you look amazing", "so inspiring, thank you", "obsessed with this look",
            "this made my day", "can't stop watching this", "you never disappoint", "love everything about this",
            "great post, learned a lot about {w}", "this is such good advice", "so proud of you", "your {w} posts are the best",
            "what a lovely {l}", "thank you for sharing this", "this is exactly what I needed today", "so well done",
            "you deserve all the success", "favourite creator by far", "not bad at all, really good actually",
        ),
        "generic": (
            "nice", "wow", "beautiful", "amazing", "great pic", "cool", "goals", "love this", "so pretty", "perfect",
            "awesome", "gorgeous", "stunning", "love it", "so good", "yes", "queen", "legend", "so cute", "great shot", "lovely",
        ),
        "tag": (
            "{at} look at this", "{at} {at} we need to do this", "{at} us", "{at} literally you", "{at} remember this",
            "{at} next weekend", "{at} thoughts", "{at}", "sending this to {at}", "{at} told you",
        ),
        "spam": (
            "wow amazing pic dear, check my profile", "follow back please f4f", "DM me for a collab", "send pic to {at}",
            "earn 500 a day from home, link in my bio", "want 10k real followers, visit my page", "promote it on {at}",
            "crypto signals 98% accurate, message {at}", "like for like l4l", "check out my channel", "I gained 3k followers with {at}",
            "free gift cards on my page", "nice post dear, kindly follow me", "whatsapp me to invest today",
        ),
        "product": (
            "been using the {p} for a year now", "I have the {p} in black", "the {p} is a staple at our house", "same {p} here",
            "on my third {p} already", "we have had this {p} for ages", "mine is the older version", "I use my {p} every single day",
            "my mum has the same {p}", "my {p} still looks like new", "I keep my {p} in the car", "have both sizes of the {p}",
        ),
        "chat": (
            "first", "happy sunday everyone", "good morning from Leeds", "haha that dog", "who else is up at 2am",
            "I miss your long videos", "hope your mum feels better", "it is raining here all week", "my {w} day is tuesday",
            "back from work and watching this", "that {l} again", "we did {w} yesterday", "the end got me", "monday mood",
            "my brother does the same", "see you next week", "I was there last year", "the {w} part though",
        ),
    },
    "es": {
        "purchase": ("dónde puedo comprar {p}", "cuánto cuesta", "lo quiero ya", "acabo de pedir uno", "hay código de descuento",
                     "hacen envíos a México", "me lo compro", "pásame el link", "dónde lo consigo"),
        "question": ("cómo lo haces", "qué cámara usas", "puedes hacer un tutorial", "dónde es eso", "cuánto tiempo tarda"),
        "complaint": ("no funciona", "nunca llegó mi pedido", "demasiada publicidad", "muy caro para lo que es", "qué decepción",
                      "no lo recomiendo", "se rompió en dos días"),
        "praise": ("me encanta tu contenido", "qué bonito todo", "eres la mejor", "gracias por compartir", "me ayudaste mucho"),
        "generic": ("hermosa", "wow", "qué lindo", "genial", "preciosa", "me encanta"),
        "product": ("yo uso {p} todos los días", "tengo el mismo", "llevo un año con el mío"),
        "chat": ("buenos días", "saludos desde Lima", "feliz domingo", "aquí llueve", "jaja yo igual"),
    },
    "de": {
        "purchase": ("wo kann ich das kaufen", "was kostet {p}", "gibt es einen Rabattcode", "gerade bestellt", "will ich haben",
                     "liefert ihr nach Österreich", "wo gibt es {p}", "hast du den Link", "ist das noch auf Lager"),
        "question": ("wie machst du das", "welche Kamera benutzt du", "kannst du ein Tutorial machen", "wo ist das", "wie lange dauert das"),
        "complaint": ("funktioniert nicht", "ist nie angekommen", "schon wieder Werbung", "viel zu teuer", "echt enttäuscht",
                      "nicht empfehlenswert", "nach zwei Tagen kaputt"),
        "praise": ("ich liebe deine Beiträge", "richtig gut erklärt", "so schön gemacht", "danke fürs Teilen", "du bist die Beste"),
        "generic": ("schön", "wow", "toll", "super", "wunderschön", "mega"),
        "product": ("benutze {p} jeden Tag", "habe ich auch", "meins hält seit Jahren"),
        "chat": ("guten Morgen", "Grüße aus Wien", "schönen Sonntag", "hier regnet es", "haha kenne ich"),
    },
    "fr": {
        "purchase": ("où acheter {p}", "c'est combien", "je le veux", "je viens de commander", "tu as un code promo",
                     "livraison en Belgique", "le lien stp", "où est-ce qu'on le trouve", "toujours en stock"),
        "question": ("comment tu fais", "quelle caméra tu utilises", "tu peux faire un tuto", "c'est où", "ça prend combien de temps"),
        "complaint": ("ça ne marche pas", "jamais reçu ma commande", "encore de la pub", "beaucoup trop cher", "très déçue",
                      "je ne recommande pas", "cassé au bout de deux jours"),
        "praise": ("j'adore ton contenu", "tu expliques trop bien", "c'est magnifique", "merci pour le partage", "tu es la meilleure"),
        "generic": ("magnifique", "wow", "trop beau", "superbe", "génial", "canon"),
        "product": ("j'utilise {p} tous les jours", "j'ai le même", "le mien tient depuis un an"),
        "chat": ("bonjour de Lyon", "bon dimanche", "il pleut ici", "haha pareil", "bonne semaine"),
    },
    "pt": {
        "purchase": ("onde compro {p}", "quanto custa", "quero muito", "acabei de comprar", "tem cupom de desconto",
                     "entrega em Portugal", "manda o link", "onde encontro isso", "ainda tem no estoque"),
        "question": ("como você faz", "que câmera você usa", "faz um tutorial", "onde fica isso", "quanto tempo leva"),
        "complaint": ("não funciona", "nunca chegou meu pedido", "muita propaganda", "caro demais", "que decepção",
                      "não recomendo", "quebrou em dois dias"),
        "praise": ("amo seu conteúdo", "você explica muito bem", "que lindo tudo", "obrigada por compartilhar", "você é a melhor"),
        "generic": ("linda", "uau", "que lindo", "maravilhosa", "perfeita", "top"),
        "product": ("uso {p} todo dia", "tenho o mesmo", "o meu dura há anos"),
        "chat": ("bom dia", "saudações do Recife", "bom domingo", "chovendo aqui", "haha eu também"),
    },
}  # fmt: skip
EMOJI_ONLY = ("🔥🔥🔥", "😍😍", "❤️", "👏👏👏", "😂😂", "💯", "🙌🙌", "😍🔥", "💕💕💕", "👌", "✨✨", "🥰", "❤️❤️❤️", "🤩")
REPLIES: dict[str, tuple[str, ...]] = {
    "en": ("thank you so much", "the link is in my bio", "yes it does", "it is linked in my stories", "just sent you a message",
           "about two hours", "I use it every day", "code is in the caption", "great question, video coming soon", "you're the best"),
    "es": ("muchas gracias", "el link está en mi bio", "sí, claro", "te escribo por privado"),
    "de": ("vielen Dank", "der Link ist in meiner Bio", "ja, klar", "ich schreibe dir"),
    "fr": ("merci beaucoup", "le lien est dans ma bio", "oui, bien sûr", "je t'écris en privé"),
    "pt": ("muito obrigada", "o link está na bio", "sim, claro", "te mando mensagem"),
}  # fmt: skip

CAPTIONS: dict[str, tuple[str, ...]] = {
    "en": ("a little {w} in the {l} today", "my {w} week in one post", "testing a new {p} in the {l}", "three things I learned about {w}",
           "{w} and {w}, that is the whole plan", "this {p} has been with me all month", "back to {w} after a slow week",
           "how I do {w} when time is short", "sunday {w}", "from the {l}: {w} notes", "day 12 of {w}", "{p} or no {p}, that is the question",
           "a quiet morning in the {l}", "you asked about my {p}, so here it is", "{w} for people who hate {w}"),
    "es": ("un poco de {w} hoy", "mi semana de {w}", "probando {p} en {l}", "tres cosas que aprendí sobre {w}", "domingo de {w}"),
    "de": ("ein bisschen {w} heute", "meine Woche mit {w}", "neuer Test: {p}", "drei Dinge über {w}", "Sonntag ist {w} Tag"),
    "fr": ("un peu de {w} aujourd'hui", "ma semaine {w}", "je teste {p}", "trois choses sur {w}", "dimanche {w}"),
    "pt": ("um pouco de {w} hoje", "minha semana de {w}", "testando {p}", "três coisas sobre {w}", "domingo de {w}"),
}  # fmt: skip
GUSHING = (" I am so in love with this!", " Absolutely amazing!", " Best day ever, so happy!", " So grateful, truly perfect!",
           " Obsessed, just wonderful!", " Feeling so blessed and happy!")  # fmt: skip
PLAIN = ("", "", ".", " More soon.", " Part two tomorrow.", " Notes below.", " Full post on my page.")
CANDID = (" It was hard, not going to lie.", " Honestly a bit disappointed with myself.", " Not everything worked.",
          " This was a bad week.", " Tired and annoyed, but here we are.")  # fmt: skip
ADVERTS = ("Paid partnership with {b}. ", "Working with {b} on this one. ", "{b} sent me this. ", "Thanks to {b}. ")
CODES = (" Use my code for 10% off.", " Link in bio.", " Code in my stories.", "", "")
MENTIONS = (" (still my {b})", " thanks {b}", " wearing {b}, as always", " love {b}", " with my old {b}")
DISCLOSURES = (" #ad", " #sponsored", " #paidpartnership", " #ad #partner")

BRIEFS = (
    "{b} launches a new {p} and looks for creators who live {w1} every day.",
    "We are {b}. Our {p} is made for people who care about {w1} and {w2}.",
    "{b} wants honest posts that show the {p} in use, ideally around {w1}.",
    "This season {b} brings its {p} to people new to {w1}.",
)
BRIEF_SECOND = (
    "Show how it fits into your {w2} and {w3}, in your own words.",
    "The audience knows {w2} well and asks real questions about {w3}.",
    "Content about {w2} or {w3} in the {l} suits us best.",
    "A short clip on {w3} with the {p} in the first seconds works well.",
)
BRIEF_TONE = (
    "Tone: warm and honest.",
    "Tone: calm, factual, no hype.",
    "Tone: playful and quick.",
    "No scripted lines, please.",
    "",
)
BRAND_STARTS = (
    "Lum",
    "Vel",
    "Nor",
    "Kas",
    "Tri",
    "Ona",
    "Bel",
    "Fjo",
    "Mar",
    "Sol",
    "Zer",
    "Qui",
    "Pax",
    "Hal",
    "Iro",
    "Dun",
    "Ever",
    "Cal",
)
BRAND_MIDDLES = ("o", "a", "i", "ora", "eri", "u", "ivo", "ana", "elo")
BRAND_ENDS = ("ra", "kin", "via", "nest", "lo", "tix", "mar", "dell", "fy", "sen", "wood", "bay", "lia")
BIOS = (
    "{w} and {w}",
    "all things {w}",
    "{w} | {w} | {l}",
    "daily {w} notes",
    "{p} collector, {w} fan",
    "just here for the {w}",
)
