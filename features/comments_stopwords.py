"""Words and letters that give a language away: our own short lists of the commonest words of each.

A word counts for a language by one over the number of languages that share it; letters and endings count a little.
Non-Latin scripts decide by themselves.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

STOPWORDS: dict[str, str] = {
    "en": """the a an and or but if is are was were be been being am i i'm i've i'd i'll you you're your yours he she it
        it's we they them this that these those there here what which who whom where when why how not don't doesn't
        didn't isn't can't won't of to in on at for with from by about as into like so too very just only also than
        then now have has had do does did will would can could should may might must my mine me his her their our us
        all any some more most much many such no yes one two get got go going come know think see look looks looking
        want need love loved loving nice great good beautiful amazing awesome cute pretty gorgeous lovely perfect
        happy thanks thank please omg wow lol haha best ever never always because been out up down back over really
        new time day people way thing things something nothing everything make made post video pic picture photo hey
        hi hello guys girl babe man bro dude check follow these she's he's that's what's let's y'all u ur im its dont
        cant wont thats buy bought order price link where's how's hat mate hot af sun superb superior war fan gift man
        fast tag die also am super wow fun top fine kind art bald ha hahaha sexy idea no""",
    "es": """el la los las un una unos unas y o pero que qué de del al en con por para sin sobre como cómo más mas muy
        tan también tambien es son era fue ser está esta estás estoy están este esto ese esa eso mi mis tu tus su sus
        yo tú él ella nosotros ellos me te se nos lo le les no sí si hay tiene tengo tienes hola gracias bonita bonito
        hermosa hermoso linda lindo guapa guapo preciosa precioso donde dónde cuando cuándo cuanto cuánto quien porque
        todo todos toda todas mucho mucha muchas siempre nunca ahora hoy día dias quiero quiere me encanta encanta
        gusta amiga amigo eres belleza saludos besos feliz buenos buenas felicidades cuesta precio comprar
        hacen hacer envíos envío pedido tienda talla venden vendes desde casa hasta dos días uno ella fue
        rompió llegó dinero gana cada nada gusta aquí allí esos esas así mismo poco otra otro mejor vídeo
        quedó sirve puedo puedes""",
    "pt": """o a os as um uma uns umas e ou mas que de do da dos das em no na nos nas com por para pra pro sem sobre
        como mais muito muita muitos também tão é são foi ser está estou este esta esse essa isso isto meu minha meus
        seu sua seus eu tu você vc vcs ele ela nós eles elas me te se lhe não nao sim tem tenho ter oi olá obrigado
        obrigada linda lindo lindos lindas maravilhosa maravilhoso onde quando quanto quem porque pq tudo todos toda
        sempre nunca agora hoje dia quero amei adorei adoro amo gostei parabéns beijos beijo saudades gente ficou
        demais né aqui ai lá bom boa ótimo preço comprar foto
        qual valor vende vendem entrega pedido loja tamanho desde casa até dois dias chegou veio dinheiro
        cada gosta aqui ali esses essas assim mesmo pouco outra outro melhor comprei vocês pela pelo está
        estão vou posso pode deu muita coisa""",
    "fr": """le la les un une des et ou mais que qui de du au aux en dans avec pour sans sur par comme plus très trop
        tout toute tous toutes aussi est sont était être suis es c'est ce cette ces cet mon ma mes ton ta tes son sa ses
        je j'ai j'adore j'aime tu il elle nous vous ils elles on me te se ne pas oui non si y a ai as avez avoir bonjour
        merci bravo belle beau beaux magnifique jolie joli superbe quand où combien quel quelle pourquoi parce
        toujours jamais maintenant jour bien bon bonne bisous coucou hâte vraiment fait faire peux peut d'où n'est
        qu'est s'il plaît prix acheter
        abonnez-vous chaîne svp l'as où robe commande reçu honte pas c'est cher chez depuis deux jours
        après rien déjà encore quelle taille""",
    "de": """der die das den dem des ein eine einen einem einer und oder aber dass daß ist sind war waren sein bin bist
        hat habe hast haben ich du er sie es wir ihr mich dich mir dir uns euch mein meine dein deine deinen deiner
        sein seine nicht kein keine ja nein auch noch schon nur so sehr zu zum zur von vom mit für auf aus bei nach in
        im an am um über unter wie was wer wo woher wann warum wenn dann denn doch mal ganz alles immer nie jetzt heute
        danke bitte schön schöne schönes schöner toll tolle tolles super liebe lieben sieht bild finde wirklich echt
        hallo guten kaufen bestellt preis kostet
        gefällt hab bestellt hast kostet nach zwei tagen woche wieder nie finger totale auch schuhe kleid
        tasche gibt gibt's einfach immer freu gerade""",
    "it": """il lo la i gli le un uno una e o ma che chi di del della dei delle dello al alla ai alle in nel nella con
        per da dal dalla su sul sulla come più molto tanto troppo anche è sono era essere sei siamo questo questa questi
        quello quella mio mia miei tuo tua suo sua io tu lui lei noi voi loro mi ti si ci vi lo non sì no ho hai ha
        abbiamo hanno ciao grazie bella bello belli belle bellissima bellissimo bellissime stupenda stupendo
        meraviglia dove quando quanto perché cosa tutto tutti tutta sempre mai ora oggi giorno buongiorno buona
        davvero proprio così cara caro brava bravo complimenti adoro amo costa comprare prezzo
        questa dove funziona soldi arrivato appena ordinato ordinata vedo l'ora l'ho borsa taglia quale
        anno giorni dopo due ogni così altro altra meglio posso puoi fatto fare sono""",
    "nl": """de het een en of maar dat die deze dit is zijn was waren ben bent heeft heb hebben ik jij je hij zij ze we
        wij jullie mij me jou ons mijn jouw haar hun niet geen ja nee ook nog al wel heel erg zo te van met voor op aan
        bij uit naar in om over hoe wat wie waar wanneer waarom als dan want toch alles altijd nooit nu vandaag dank
        bedankt mooi mooie leuk leuke lekker lekkere prachtig geweldig gezellig goed goede echt jouw weer kan kun
        moet wil zou gaat foto zeker kopen koop
        gekocht jas week waar hoeveel kost deze die""",
    "sv": """och att det som en ett är var inte jag du han hon vi ni de på av för med till om så men eller har hade kan
        ska vill den detta min mitt din ditt mycket också bara fin fint fina snygg tack väldigt här när där hur vad vem
        alltid aldrig nu idag vilken vilka bra kram älskar""",
    "no": """og det som en et er var ikke jeg du han hun vi dere de på av for med til om så men eller har hadde kan skal
        vil den dette min mitt din ditt mye også bare fin fint flott nydelig takk veldig her når der hvor hva hvem
        alltid aldri nå dag så bra kult gleder""",
    "da": """og det som en et er var ikke jeg du han hun vi i de på af for med til om så men eller har havde kan skal
        vil den dette min mit din dit meget også bare fin fint flot smuk smukke tak her når der hvor hvad hvem altid
        aldrig nu dag hvor dejlig dejligt hej""",
    "fi": """ja on ei se että olen olet hän me te he tämä tuo niin kun mutta tai minä sinä mun sun ihana ihanan kaunis
        hieno kiitos todella tosi näyttää hyvä paljon aina nyt mitä missä kuka oli ovat joka""",
    "pl": """i w na z do nie to jest że się jak ale czy o po co ja ty on ona my wy oni mnie ci mi za od dla tak już
        tylko bardzo jestem są było być masz mam ma piękna piękne pięknie śliczna super dziękuję gdzie kiedy ile
        zawsze nigdy teraz dzisiaj też tego ten ta te
        można kupić gdzie taką taki sukienkę ile kosztuje cena super mam jestem był była proszę kiedy
        które która""",
    "cs": """a je se na že to v s z do ne jsem jsi jsou ale jak co tak i za od pro o po už jen moc velmi krásná krásné
        krásně děkuji děkuju kde kdy kolik vždy nikdy teď dnes taky ten ta jako""",
    "tr": """ve bir bu da de ne çok için ile mi mı ben sen o biz siz onlar benim senin var yok ama gibi daha en kadar
        nasıl nerede neden kim her şey hiç güzel harika teşekkürler teşekkür ederim canım olsun oldu olan değil evet
        hayır bende seni sana bana fiyat nereden aldın
        bu şu kaç para lira kadar nereden almayın aldım geldi günde iki ürün fiyatı elbise linki abla abi
        hocam olur olmuş bence ya""",
    "id": """yang dan di ke dari ini itu untuk dengan tidak gak ga nggak ada aku kamu saya dia kita mereka kak mau bisa
        juga sudah udah banget sangat cantik bagus keren lucu apa siapa dimana mana kapan berapa kenapa gimana lagi
        aja saja sama bang kakak harga beli terima kasih makasih semoga jadi kalau kalo
        beli dimana harganya berapa sis gan bagus barang rusak akun dong nanti sih deh nih tuh bgt yg dgn
        utk udah blm bisa pake pakai cocok""",
    "ro": """și si este sunt un o de la în cu pe pentru nu da că ca mai foarte frumoasă frumoasa frumos superb mulțumesc
        unde când cât cine tot toate mereu acum azi eu tu el ea noi voi ei""",
    "hu": """a az és egy hogy nem van volt de is ez azt meg csak nagyon szép gyönyörű köszönöm hol mikor mennyi ki
        mindig soha most ma én te ő mi ti ők""",
    "vi": """và là của có không này cho với một những được rất đẹp quá mình bạn em anh chị ơi ở đâu bao nhiêu giá mua
        cảm ơn thích yêu""",
    "tl": """ang ng sa na ay mga at ko mo siya ako ikaw kami tayo sila hindi oo po opo naman lang din rin pa ba talaga
        ganda maganda salamat saan kailan magkano ano sino
        magkano po saan nabibili ang ganda nito niyan mo yung yan ito""",
    "ca": """els les i amb per què molt també és són aquesta aquest gràcies bona maco maca estic sempre avui""",
    "hi": """hai hain kya ka ki ke ko mein tum aap bhai yaar bhi toh nahi nahin kahan kaha kitne kitna kaise ye
        yeh wo woh mera meri tera teri raha rahi kar karo liye lo bahut bohot kuch sab accha acha tu
        mat didi bhaiya kab kyu kyun hoon hu apka apki aapka aapki iska uska paisa""",
}  # fmt: skip

LETTERS: dict[str, str] = {
    "es": "ñ¿¡", "pt": "ãõ", "fr": "œêûîëèù", "de": "ß", "sv": "", "no": "ø", "da": "", "pl": "łąężśćńź", "cs": "řěůčž",
    "tr": "ışğ", "hu": "őű", "ro": "ățșţ", "vi": "ơưđạảấầẩậắằẳặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
}  # fmt: skip
ENDINGS: dict[str, tuple[str, ...]] = {
    "en": ("ing", "tion", "n't", "ness", "ful", "ght", "'s", "ly"),
    "es": ("ción", "mente", "ísima", "ísimo", "isima", "ito", "ando", "iendo"),
    "pt": ("ção", "ções", "inha", "inho", "mente", "íssima", "íssimo", "ando", "endo"),
    "fr": ("ment", "tion", "eux", "euse", "aient", "ée", "és"),
    "de": ("ung", "keit", "heit", "lich", "isch", "schön", "chen"),
    "it": ("zione", "issimo", "issima", "issimi", "mente", "ando", "endo", "ezza"),
    "nl": ("lijk", "ijk", "tjes", "tje", "heid", "aan", "oor", "ooi"),
    "tr": ("sın", "lar", "ler", "yor", "muş", "mış"),
    "fi": ("nen", "ssa", "lla", "sta"),
}
SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "el"), (0x0400, 0x052F, "ru"), (0x0530, 0x058F, "hy"), (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"), (0x0750, 0x077F, "ar"), (0xFB50, 0xFDFF, "ar"), (0xFE70, 0xFEFE, "ar"),
    (0x0900, 0x097F, "hi"), (0x0980, 0x09FF, "bn"), (0x0A00, 0x0A7F, "pa"), (0x0A80, 0x0AFF, "gu"),
    (0x0B80, 0x0BFF, "ta"), (0x0C00, 0x0C7F, "te"), (0x0C80, 0x0CFF, "kn"), (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"), (0x0E00, 0x0E7F, "th"), (0x0E80, 0x0EFF, "lo"), (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"), (0x1100, 0x11FF, "ko"), (0x1780, 0x17FF, "km"), (0x3040, 0x30FF, "ja"),
    (0x3400, 0x9FFF, "zh"), (0xAC00, 0xD7AF, "ko"), (0xFF66, 0xFF9D, "ja"),
)  # fmt: skip
"""First and last letter of a script, and the language it stands for unless its letters say otherwise."""
TELLING: dict[str, str] = {"uk": "іїєґ", "fa": "پچژگکی", "ur": "ٹڈےںھ", "sr": "ђћџљњј", "kk": "әғқңөұүһ"}
"""Letters of a non-Latin script that name another language than the script's usual one."""

LANGUAGES: tuple[str, ...] = tuple(dict.fromkeys([*STOPWORDS, *TELLING, *(code for _, _, code in SCRIPTS)]))


@cache
def stopword_weights() -> dict[str, dict[str, float]]:
    """word → language → weight: one over the number of languages that list the word."""
    listed = {code: set(block.split()) for code, block in STOPWORDS.items()}
    shared = Counter(word for words in listed.values() for word in words)
    weights: dict[str, dict[str, float]] = {word: {} for word in shared}
    for code, words in listed.items():
        for word in words:
            weights[word][code] = 1.0 / shared[word]
    return weights
