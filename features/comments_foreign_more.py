"""Shorter lists for more languages: enough for the praise, the anger and the few words that most comments consist of.

A comment in one of these languages counts as understood only where a listed word or a pattern speaks. In scripts that
are not Latin the entries are stems, found anywhere in a word, the longest first: words there run together or end in
many ways. On the scale of VADER (-4 to 4); a phrase of several words is written with underscores.
"""

from __future__ import annotations

import re

WORDS: dict[str, dict[float, str]] = {
    "tr": {
        3.0: """harika harikasın mükemmel muhteşem bayıldım bayılıyorum efsane şahane enfes aşırı_güzel kusursuz favorim
            süpersin süper muazzam şahanesin""",
        2.2: """güzel güzeller güzelim güzelsin guzel güzelmiş iyi beğendim sevdim seviyorum tatlı tatlısın şık hoş
            teşekkürler teşekkür canım başarılı kaliteli tavsiye memnunum maşallah tebrikler""",
        -1.6: "pahalı maalesef üzgünüm sıkıcı gereksiz saçma abartı eksik sorun yavaş",
        -2.8: """berbat kötü rezalet iğrenç çirkin almayın dolandırıcı dolandırıcılar kandırdılar bozuldu bozuk kırıldı
            sahte çöp pişmanım nefret gelmedi çalışmıyor yalan""",
    },
    "id": {
        3.0: """keren mantap mantul bagus cantik ganteng indah luar_biasa suka_banget sempurna terbaik juara gemes gemas
            favorit mantapp terbaikk cakep cantiknya""",
        2.0: """suka lucu baik enak manis makasih terima_kasih senang puas recommended rekomen rapi lembut nyaman murah
            semangat sukses sehat""",
        -1.6: "mahal kurang sayang susah lambat bosan membosankan telat",
        -2.8: """jelek buruk kecewa rusak penipu penipuan palsu parah mengecewakan zonk bohong sampah benci busuk
            jangan_beli nyesel menyesal""",
    },
    "tl": {
        2.6: """ganda maganda gandaaa gaganda sobrang_ganda galing magaling
            sarap masarap pogi cute mahal_kita salamat idol""",
        -2.4: "pangit panget sira peke scammer nakakainis sayang_pera bulok ayoko",
    },
    "pl": {
        3.0: """piękna piękne piękny pięknie cudowna cudowne cudowny cudownie śliczna śliczne ślicznie wspaniała
            wspaniałe wspaniale przepiękna przepiękne rewelacja rewelacyjna genialne uwielbiam kocham bajka idealna
            idealne""",
        2.0: """super ładna ładne ładnie fajna fajne fajny fajnie
            dziękuję polecam pyszne smaczne dobra dobre dobry podoba""",
        -1.6: "drogo drogie droga niestety szkoda nuda nudne słabe słaby słabo problem",
        -2.8: """beznadziejne beznadzieja okropne okropny okropna straszne brzydkie brzydka oszustwo oszuści dno
            tragedia zepsuł zepsuło zepsute badziewie tandeta żenada nie_polecam nie_działa nienawidzę""",
    },
    "sv": {
        2.6: """fin fint fina snygg snyggt snygga underbar underbart
            vacker vackert vackra älskar härlig härligt bäst grym""",
        -2.4: "ful fult fula dålig dåligt hemsk hemskt trasig bluff besviken hatar kass värdelös",
    },
    "ar": {2.6: "ما_شاء_الله ماشاء_الله الله_يسعدك الله_يسعدكم"},
    "hi": {
        2.8: """sundar khoobsurat khubsurat mast zabardast jabardast kamaal badhiya badiya behtareen shandar shaandar
            pyaara pyaari pyara pyari jhakkas lajawab dhansu waah wah acha accha achha acchi achhi sahi""",
        -2.8: """bakwas bakwaas ghatiya bekar bekaar kharab kharaab fraud chor dhokha dhoka faltu barbad barbaad wahiyat
            nakli ganda gandi""",
    },
}  # fmt: skip

STEMS: dict[str, dict[float, str]] = {
    "ru": {
        3.0: """красив прекрасн шикарн обожаю люблю чудесн великолепн восхитительн потрясающ супер офигенн бомба огонь
            идеальн лучш роскошн красот красав класс кайф крут""",
        2.0: "нравит хорош мил спасибо молодец рекоменду вкусн удобн качественн интересн здорово приятн",
        0.0: "некрасив нехорош",
        -1.8: "дорог скучн жаль грустн плохо плох некачественн",
        -2.8: """ужас отврат кошмар обман мошенн развод сломал ненавижу отстой фигня дерьмо гадост разочаров бесполезн
            подделк уродлив хрень""",
    },
    "uk": {
        3.0: "гарн красив чудов прекрасн шикарн люблю обожнюю супер неймовірн клас краса",
        -2.6: "жах огидн обман шахрай зламав ненавиджу погано розчаров",
    },
    "ar": {
        3.0: "روعة روعه رائع جميل حلو يجنن تجنن خيال مبدع ابداع إبداع تحفة تحفه ماشاءالله احبك أحبك عسل جنان فخم قمر",
        2.0: "شكرا ممتاز لذيذ مبروك جيد كيوت",
        -2.8: "سيء سيئ زفت نصاب احتيال كذب قبيح فاشل خايس مقرف وصخ اسوأ أسوأ زبالة",
    },
    "hi": {
        3.0: "सुंदर सुन्दर शानदार बढ़िया कमाल लाजवाब प्यार खूबसूरत मस्त जबरदस्त बेहतरीन अच्छ",
        -2.8: "बकवास घटिया बेकार खराब धोखा फालतू गंद",
    },
    "ja": {
        3.0: """かわいい可愛い かわいい 可愛い かわいすぎ 可愛すぎ カワイイ 素敵 すてき 最高 大好き 綺麗 きれい
            キレイ 美しい 神 天才 素晴らし すごい 凄い 美味し おいしい かっこいい 格好いい 尊い おしゃれ オシャレ""",
        2.0: "好き 嬉しい うれしい 楽しい いいね 良い ありがとう 面白い おもしろい 便利 オススメ おすすめ 気に入",
        -0.8: "可愛くない かわいくない 好きじゃない 良くない よくない 高い 残念 微妙 いまいち",
        -2.8: """最悪 最低 嫌い きらい ひどい 酷い 壊れ 偽物
            詐欺 つまらな 気持ち悪 うざい ゴミ 不味 まずい 届かな がっかり""",
    },
    "zh": {
        3.0: "漂亮 好看 好美 太美 美丽 完美 喜欢 喜歡 很棒 太棒 厉害 好棒 最爱 可爱 可愛 绝美 好吃 惊艳 推荐 赞",
        -1.0: "不好看 不喜欢 不推荐 太贵 一般般 不好吃",
        -2.8: "垃圾 骗子 骗人 难看 失望 恶心 假货 差评 讨厌 坏了 最差 后悔",
    },
    "ko": {
        3.0: "예뻐 예쁘 이뻐 이쁘 예쁜 이쁜 귀여 귀엽 최고 대박 사랑 멋지 멋져 멋있 좋아 좋다 완벽 존예 맛있 아름다",
        -2.8: "별로 최악 싫어 실망 사기 고장 짝퉁 쓰레기 못생 짜증 후회",
    },
}  # fmt: skip

MORE_NEGATIONS = {
    "tr": "değil hiç yok asla degil", "id": "tidak gak ga nggak enggak ngga bukan belum tak gk", "tl": "hindi di wala",
    "pl": "nie nigdy bez", "sv": "inte aldrig utan ej", "hi": "nahi nahin na mat नहीं मत", "ru": "не нет ни никогда без",
    "uk": "не ні ніколи без", "ar": "لا مش ليس ما مو غير", "ja": "", "zh": "", "ko": "안 못",
}  # fmt: skip
MORE_BOOSTERS = {
    "tr": "çok aşırı en cok", "id": "banget sangat sekali bgt amat paling", "tl": "sobrang ang napaka grabe",
    "pl": "bardzo tak naprawdę mega", "sv": "så mycket väldigt jätte", "hi": "bahut bohot bohut kitna itna बहुत",
    "ru": "очень так такая такое такой просто самая самый", "uk": "дуже так", "ar": "جدا مرة مره كثير وايد اوي",
    "ja": "", "zh": "", "ko": "너무 진짜 정말 완전",
}  # fmt: skip

THIN: frozenset[str] = frozenset(MORE_NEGATIONS)
"""Languages of which few words are known."""

_VALUES = {
    code: {stem.replace("_", " "): value for value, block in lists.items() for stem in block.split()}
    for code, lists in STEMS.items()
}
_FINDS = {code: re.compile("|".join(sorted(values, key=lambda s: (-len(s), s)))) for code, values in _VALUES.items()}
_LARGEST = 4.0


def stem_valence(code: str, form: str) -> float | None:
    """What the listed stems in one word say together, -4 to 4; None where none is in it."""
    found = _FINDS[code].findall(form) if code in _FINDS else []
    if not found:
        return None
    return max(-_LARGEST, min(_LARGEST, sum(_VALUES[code][stem] for stem in found)))
