"""Phrases that show what a comment wants: our own rules, by intent, in nine languages and more.

A rule is a line `cues => expression`: it is tried only on texts that hold one of its cue words (a trailing * stands for
any ending), so most rules never run on most texts. Expressions are searched in the cleaned, lower-case text, from the
beginning of a word; `~` stands for up to three words of any kind. Every rule is tried whatever the language: comments
mix languages, and the phrases rarely clash.
"""

from __future__ import annotations

PURCHASE = r"""
    where wheres where's
        => where (?:can|could|do|did|to|would|should|d) ~(?:buy|get|find|order|purchase|cop|shop|grab|score)\b
    where wheres where's => where(?:'s|s| is| are|d| did| do| does) ~(?:from|get|got|sold|bought|available)\b
    where from
        => (?:where(?: \w+)?|from where) ?from\b|from where\b|where (?:i|u|you) (?:can |could )?(?:buy|get|find|order)
    brand brands shade store shop website site size
        => (?:what|which|wat|whats|what's)(?: is| are)?(?: the| this| that| your)? (?:\w+ )?(?:brand|shade|store|shop
        |website|site|size)s?\b
    brand name called
        => what(?:'s|s| is) (?:it|this|that|these|they|the \w+) called|brand ?\?|name of (?:the|this|that|your)
    makes => who makes (?:this|these|that|your|the)
    much => how much ?(?:is|are|does|do|was|were|for|to|would|it|this|that|they|the|\?|$)
    price prices cost costs prize
        => what(?:'s|s| is| are| was| does)? (?:the |its |their |it |this |that )*(?:price|cost)
        |(?:price|cost)s? ?(?:please|pls|plz|pl|\?|$)|^price
    details deets info id
        => (?:dress|bag|shoe|top|outfit|jacket|skirt|hat|jeans|boot|sunglass|swimsuit|product|coat|sweater|lip|nail
        |hair)\w* (?:details?|deets|info|id)\b|(?:details|deets|info) (?:on|of|for|about) (?:the|this|that|your
        |these)
    link links linked
        => links? ?(?:please|pls|plz|pl|\?|$)|(?:send|share|drop|post|need|have|give|got|want)(?: me| us)?(?: the| a
        | that)? link|links? (?:to|for) (?:the|this|that|your|these|it)|is (?:it|this) linked|can (?:you|u) link
    ship shipping ships shipped deliver
        => (?:do|does|can|will|would) (?:you|u|it|they|this|these|he|she) (?:guys |all |also )?(?:\w+ )?(?:ship
        |deliver)\b|ship(?:ping)? (?:to|internationally|worldwide|overseas|cost|free)|free shipping\?
    available stock sold sale
        => (?:is|are|be) (?:this|it|these|they|that|those|the \w+)(?: \w+)? (?:still |currently )?(?:available
        |in stock|on sale|for sale|sold)\b|available (?:in|at|on|for|online
        |to)\b|back in stock|still available|where available|for sale\?
    ordered bought purchased preordered pre-ordered copped
        => (?:just|already|finally|literally|totally|definitely|so|i|i've|we|and|have|immediately) (?:\w+ )?(?:ordered
        |bought|purchased|preordered|pre-ordered|copped)\b|^(?:ordered|bought|purchased|copped)\b|(?:ordered|bought
        |purchased|copped) (?:mine|one|two|it|this|these|them|some|both|my)\b
    picked placed
        => (?:just|finally|already|i) (?:picked (?:one|some|mine|this|it|these) up|picked up (?:one|some|mine|this
        |these|my)|placed (?:my|an|the) order)
    ordering buying getting copping purchasing grabbing
        => (?:ordering|buying|getting|copping|purchasing|grabbing) (?:mine|this|that|these|those|it|one|them|some|both
        |two|the|a|an)\b|(?:i'm|im|am|be) (?:\w+ )?(?:ordering|buying|copping)\b
    buy order purchase invest cop
        => (?:gonna|going to|have to|need to|want to|wanna|must|gotta|about to|got to|i'll|ill|will|let me|dying to
        |imma|should|might|i'd|would|trying to|can't wait to|love to|like to|tempted to) (?:\w+ )?(?:buy|order
        |purchase|cop|invest in)\b|(?:can|could|may|how (?:do|can)) (?:i|you|u|we) (?:still )?(?:buy|order
        |purchase)\b|order (?:now|one|mine|this|it|please)\b|^(?:buy|order)ing\b|i buy (?:this|it|one)
    get grab have try
        => (?:gonna|gotta|need to|have to|wanna|must|i'll|going to|want to) (?:get|grab|have|try) (?:this|these|one|it
        |mine|those|that|some|me)\b|(?:can|could) (?:i|we) get (?:one|this|these|it|some)\b|where (?:to|i|we) get
    need needs needing neeed
        => (?:i|we|really|so|just|definitely|totally|badly|and|omg|seriously|literally) need (?:this|these|that|those
        |one|it|some|them)\b|^(?:@\S+ )*need(?:ing|s)? (?:this|these|that|those|one|it|now|!|$)|need (?:this|these
        |it|one|that|those|them)(?: \w+)? (?:now|asap|in my life|immediately|badly|rn|so bad
        |!)|need(?:ed)?!+|i need (?:a|an|the|to get|to have|to try|your|those|all) ~(?:dress|bag|shoe|top|outfit
        |jacket|skirt|hat|jean|boot|coat|sweater|product|lip|palette|phone|watch|ring|pair)
    want wanted wants
        => (?:i|we|really|so|just) (?:\w+ )?want (?:this|these|one|it|that|those|some|them|a|an|the|to buy|to order
        |to get|to try)\b|^(?:@\S+ )*want (?:this|these|one|it|that|those|!|$)|want one\b|want!+
    money => take my money|shut up and take
    cart basket bag wishlist list wish collection
        => (?:add(?:ed|ing)?|put|goes|going)(?: \w+)* (?:to|in|on|into) (?:my |the )?(?:cart|basket|bag|wish ?list
        |list|collection|birthday list)|on my (?:wish ?list|list|christmas list|birthday list)|in my (?:cart
        |basket)|wish ?list
    code codes coupon discount
        => (?:discount|promo|coupon|promotional) ?codes?\b|code ?(?:please|pls|plz|\?|$)
        |code (?:still|not|isn't|doesn't|expired|work)|(?:any|a|your|the|have) (?:\w+ )?(?:discount|coupon)\b
    available release released launch launching restock restocked restocking drop dropping sale stock
        => when (?:will|is|are|does|do|can) ~(?:available|restock\w*|back in stock|come out|coming out|released?
        |launch\w*|on sale|drop(?:ping)?)\b|restock
    preorder pre-order => pre-?order
    mine
        => got mine\b|(?:i'm|im|am|just) (?:\w+ )?(?:got|getting|ordered|received) mine
        |mine (?:just )?(?:arrived|came|is on its way|is coming|are on)|ordered mine
    sold => (?:i'm|im|am) sold\b|^sold!|you sold me
    worth recommend
        => (?:is|are) (?:it|this|they|these) (?:\w+ )?worth|worth (?:it|buying|the money|the price|the hype) ?\?
        |do (?:you|u) (?:\w+ )?recommend\b|which (?:one )?(?:do|would) (?:you|u) recommend
    sign first line => sign me up|first in line
    donde dónde aonde
        => (?:de )?d[oó]nde (?:\w+ )?(?:lo |la |las |los |se |te |puedo |podemos |has )*(?:compr|consig|consegu|vend
        |encuentr|encontr|puedo|son|es\b|est[aá])
    cuanto cuánto cuanta => cu[aá]nto (?:cuesta|cuestan|vale|valen|es|sale|salen|est[aá]|por|\?|$)
    precio preço preco valor prix preis prezzo prijs harga fiyat cena цена
        => (?:precio|preço|preco|valor|prix|preis|prezzo|prijs|harga|cena|цена) ?(?:\?|porfa|por favor|svp|stp|bitte
        |alstublieft|$)|^(?:precio|preço|prix|preis|prezzo|prijs)|(?:qu[eé]|qual (?:é )?o|quel (?:est )?(?:le|son)
        |qual è il|wat is de|was ist der) (?:precio|preço|preco|valor|prix|prezzo|prijs|preis)|fiyat|harga(?:nya)?
    envios envíos envio envío envian envían entrega entregam envia enviam frete
        => (?:hacen|haces|hay|tienen|fazem|tem) (?:env[ií]os?|entrega)|env[ií]an? (?:a|para|pra)
        |entregam? (?:para|pra|em|no)|enviam? (?:para|pra)|frete
    quiero necesito compré pedí compre pedi queremos
        => (?:lo|la|los|las|me la|me lo) (?:quiero|necesito|compr[eé]|ped[ií])\b
        |quiero (?:uno|una|unos|unas|este|esta|estos|comprar|esos|esas|el|la)\b|ya (?:lo|la|me lo) (?:compr|ped)
    comprar pedir compro
        => (?:acabo de|quiero|voy a|vou|quero|preciso|tengo que|tenho que|posso|puedo) (?:\w+ )?(?:comprar|pedir)
        |(?:me )?(?:lo|la) compro
    marca marque marke merk brand
        => (?:qu[eé]|cu[aá]l|qual|de qu[eé]|que|che|di che|quelle|de quelle|welche|von welcher
        |welk) (?:es la |é a |é )?(?:marca|marque|marke|merk|brand)
    enlace link lien
        => (?:el|o|le|un|p[aá]same el|passa o|manda o|cad[eê] o) (?:link|enlace|lien)
        |(?:link|enlace|lien) ?(?:\?|porfa|por favor|svp|stp|bitte)
    descuento desconto cupom rabattcode gutschein sconto kortingscode promo remise
        => c[oó]digo de descuento|cupom|rabattcode|gutschein|codice sconto|kortingscode|code promo|c[oó]digo promo
    onde
        => (?:de )?onde (?:eu |vc |você |voce |vcs |se )?(?:compr|vende|encontr|acho|consigo|posso|foi|é|e|são|sao
        |tem)
    quanto quanta => quanto (?:custa|custam|é|e|t[aá]|fica|sai|est[aá]|costa|costano|viene|vengono|cost)
    quero preciso comprei encomendei
        => quero (?:um|uma|comprar|muito|esse|essa|este|esta|pra mim|dois|todas|todos|já)\b
        |(?:j[aá]|eu|acabei de|ontem) (?:comprei|pedi|encomendei)|comprei (?:um|uma|o|a|esse|essa)
        |preciso (?:disso|desse|dessa|comprar|ter)
    où ou d'où
        => (?:d'|par )?o[uù] (?:l'|as[- ]tu|avez|on (?:peut|trouve)|puis-je|peut-on|tu (?:l'|as|trouve|achè)|trouver
        |acheter|commander|je (?:peux|trouve)|est-ce|se (?:le|la|trouve)|vient|viennent|l'as)|d'o[uù]\b.{0,20}\?
    combien => combien (?:ça|ca|cela|coûte|coute|co[uû]tent|est-ce|c'est|elle|il|ç|\?|$)|(?:c'est|ça fait) combien
    veux commande commandé acheté craqué craquer faut
        => je (?:le|la|les) (?:veux|commande)|j'en veux|il me (?:le|la|les) faut
        |je veux (?:ce|cette|ces|la|le|les|acheter|absolument)
        |je (?:viens|vais) (?:d(?:e |'))?(?:le |la |les |l')?(?:commander|acheter|craquer)
        |je (?:l'|les )(?:ai|avais) (?:commandé|acheté)|(?:commandé|acheté)e?s? (?:hier|aujourd'hui|direct)
    commander acheter recevoir
        => (?:viens de|vais|veux|voudrais|peut|peux) (?:le |la |les |l')?(?:commander|acheter|recevoir)
    livrez livraison livrer livre => livr(?:ez|e)[- ]?(?:vous|en|au|à)|livraison (?:en|au|à|gratuite)
    wo woher
        => wo (?:kann|bekomm|krieg|kauft|gibt|hast|habt|finde|kaufst|könnte|ist (?:das|der|die|dein)|sind (?:die
        |deine))|woher (?:ist|hast|sind|kommt|habt|bekomm)|von wo (?:ist|hast|sind)
    kostet kosten wieviel viel => was kostet|wie ?viel kost|wieviel\b
    bestellt gekauft bestellen kaufen
        => (?:gerade|schon|sofort|soeben|gleich|direkt|mir|auch|habe|hab|ihn|sie|es) (?:\w+ )?(?:bestellt|gekauft
        |bestellen|kaufen)\b|(?:wo|kann|will|muss|möchte) ~(?:kaufen|bestellen)
    brauche brauch haben
        => brauche? ich|(?:muss|will|möchte) ich (?:auch |unbedingt |sofort )?(?:haben|kaufen|bestellen)|haben ?wollen
        |haben ?will|ich (?:will|brauche|brauch|möchte) (?:auch |unbedingt )?(?:so|das|den|die|diese|dieses|diesen
        |eine?n?)\b
    verlinken verlinkst liefert versendet => verlink|liefert ihr|versendet ihr
    dove
        => (?:di )?dove (?:l'hai|l'avete|lo|la|li|le|posso|si|hai|è|sono|ha) ?(?:\w+ )?(?:compr|trov|pres|acquist
        |posso|può|possono)?|di dov'[eè]
    comprato comprata ordinato ordinata acquistato acquistata preso presa
        => (?:appena|già|gia|ho|l'ho|subito) (?:\w+ )?(?:comprat|ordinat|acquistat)|(?:l'ho|li ho|le ho) pres
    voglio serve averlo averla comprarlo comprarla comprare
        => (?:lo|la|li|le|ne) voglio|voglio (?:questo|questa|questi|queste|comprar|un|una)\b|mi serve
        |(?:devo|voglio) (?:averl|comprar|assolutamente aver)
    spedite spedizione spedizioni => spedite|spedizion
    waar => waar (?:kan|koop|heb|kun|te koop|vind|komt|koopt|haal|is (?:die|dat|deze|je|jouw)|zijn (?:die|deze|je))
    hoeveel kost => hoeveel kost|wat kost
    besteld gekocht hebben
        => (?:net|meteen|gelijk|al|heb|direct|ook) (?:\w+ )?(?:besteld|gekocht)
        |(?:wil|moet) ik (?:ook )?(?:hebben|kopen|die|deze)|die wil ik
        |(?:wil|moet) (?:die|deze|dit) (?:ook )?hebben
    nereden nerden sipariş alabilirim => nereden|nerden|sipariş|nasıl alabilirim
    kaç kac => ka[cç] (?:para|tl|lira)|ne kadar
    berapa beli order dimana
        => berapa (?:harga|ya|kak|sis|duit|an|sih)?|beli (?:di ?mana|dimana|nya)|di ?mana (?:beli|belinya)
        |mau (?:beli|order|dong)|order(?:nya)? (?:dimana|gimana)
    magkano hm mabibili nabibili => magkano|hm po|(?:saan|san) (?:po )?(?:nabibili|mabibili|to|yan)
    где сколько заказала заказал откуда хочу де скільки
        => где (?:\S+ )?(?:купить|купила|купил|можно|взял|взяла|заказ\S*|брал\S*)|сколько (?:стоит|стоят)
        |откуда (?:\S+ )?(?:платье|сумка|куртка|такое|такая|такие)|хочу (?:так|себе|это)|заказал|де купити
        |скільки кошту
    gdzie ile jaka kde kolik cât cat unde var hvor
        => gdzie (?:\S+ )?(?:kupi|mo[żz]na|dosta)|ile kosztuje|jaka cena|kde (?:\S+ )?(?:koup|sehn)|kolik stoj
        |c[aâ]t cost|de unde (?:e|este|ai|sunt)|var (?:har du )?(?:köpt|kan man köpa)
        |hvor (?:har du (?:købt|kjøpt)|kan (?:jeg|man) (?:købe|kjøpe))
    *
        => بكم|السعر|كم سعر|من وين|どこの|どこで(?:買|購入|売)|いくら|買い(?:ました|たい|ます)|欲しい|ほしい|哪里买
        |哪裡買|多少钱|多少錢|求链接|어디(?:꺼|서|제품|거)|얼마|구매
"""

COMPLAINT = r"""
    scam* fraud* rip* ripped ripoff thief thieves => scam|fraud|rip(?:ped)?[- ]?(?:me )?off|thie(?:f|ves)\b
    never
        => never (?:\w+ )?(?:arrived|came|received|got (?:it|my|mine|the|any)|shipped|showed|delivered|worked|again
        |buy|buying|order|ordering)
    arrived arrive came received receive shipped ship delivered responded replied
        => (?:hasn't|hasnt|didn't|didnt|did not|haven't|havent|has not|have not|not|yet to) (?:even |yet )?(?:arrived?
        |came|received?|shipped?|delivered|responded|replied)\b
    broke broken ripped tore died faded shrunk shrank peeled cracked snapped
        => (?:broke|broken|ripped|tore|died|faded|shrunk|shrank|peeled|cracked|snapped) (?:in|after|within|on (?:me
        |the|day|my)|the (?:first|second|next|same)|immediately|already|first|right|and|when|apart|during|\d)|(?:it
        |mine|they|already|zipper|screen|handle|heel|strap|phone|charger|button|clasp|sole|one) (?:\w+ )?(?:broke
        |ripped|tore|died|faded|shrunk|shrank|peeled|cracked|snapped)\b
    apart green off
        => f(?:e|a)lls? (?:\w+ )?(?:apart|off)|falling (?:apart|off)|turned (?:\w+ )*green|came off (?:in|after|when)
    working work works worked worth
        => (?:stopped|quit|stops|not|isn't|isnt|aren't|wasn't|nothing|never|no longer) (?:even )?work(?:ing|s|ed)?\b
        |(?:doesn't|doesnt|does not|don't|dont|didn't|didnt|did not|won't|wont) (?:even |really )?work(?! for (?:me
        |us|you) (?:today|tomorrow|on))|not worth
    last lasted turn fit charge stick hold load open function
        => (?:doesn't|doesnt|does not|don't|dont|didn't|didnt|did not|won't|wont) (?:even )?(?:last|turn on|fit|charge
        |stick|hold up|load|open|function)\b
    waste wasted wasting
        => waste of (?:\w+ )?(?:money|time|cash|space)|wast(?:ed|ing) (?:my|your|of|money|\$|\d)|don't waste
        |dont waste
    refund* => refund
    money => money back|(?:only|just) (?:in it|about|care about|cares about|want) (?:for )?(?:the |your |our )?money
    return* returned returning sent
        => (?:had to|i|have to|going to|gonna|be|am|i'm|want to|will|trying to) (?:\w+ )?return(?:ed|ing)? (?:it|this
        |mine|them|these|my)|sen[dt] (?:it|mine|them) back
    quality made product service material design
        => (?:poor|bad|terrible|horrible|cheap|awful|low|crap|shit|shitty|worst|poorest|horrendous|lousy|zero
        |no)(?:ly)? (?:made|quality|customer service|customer support|service|product|material|design
        |build)\b|(?:quality|service|product|material|design) (?:is|was|are) (?:\w+ )?(?:bad|poor|terrible|horrible
        |awful|trash|garbage|crap|cheap|worse|worst|gone|shit|shitty|disappointing)
    service support care => customer (?:service|support|care)
    response reply answer respond* repl* answered
        => (?:no|zero|never|not|still|without) (?:a )?(?:response|reply|answer|respond\w*|repl\w*|answer\w*)
        |(?:don't|dont|won't|doesn't|didn't) (?:even )?(?:respond|reply|answer)
    ignored ignoring ignore ignores
        => ignor(?:ed|ing|es?) (?:my|me|our|us|your customers|customers|emails|messages|dms)
    mislead* false described pictured advertised shown expected promised picture
        => false advert|mislead|not (?:as|like) (?:described|pictured|advertised|shown|the picture|expected|promised)
        |nothing like (?:the|in)
    disappoint* regret* letdown let
        => (?<!never )(?<!not )(?<!n't )disappoint(?:ed|ing|ment|s)?\b|(?:i|really|so|totally) regret(?:ted)?
        |let ?down\b|let me down
    overpriced expensive pricey
        => overpriced|(?:way |far |much )?too (?:expensive|pricey)|so (?:expensive|overpriced)
        |(?:really|very|crazy) (?:overpriced|expensive)
    buy bother waste order trust recommend purchase
        => (?:don't|dont|do not|never|not|wouldn't|wouldnt|would not|won't|can't) (?:\w+ )?(?:buy|bother|waste|order
        |trust|recommend|purchase)(?:ing|ed)?\b(?! enough)
    cheap fake tacky flimsy cheaply
        => (?:looks?|looked|feels?|felt|seems?) (?:so |very |really |kinda |super |too |pretty |like )*(?:cheap|fake
        |tacky|flimsy)|(?:so |very |super )?cheap(?:ly)?[- ](?:looking|made|feeling|plastic)|flimsy|(?:is|are|it's
        |its) (?:a )?fake\b
    defective faulty damaged => defective|faulty|damaged
    rash acne breakout breakouts headache hives pimples burn burned burnt burns irritat* allergic sick
        => (?:gave|gives|giving|given|got|get) (?:me )?(?:a |an |the )?(?:\w+ )?(?:rash|acne|break ?outs?|headache
        |hives|migraine|pimples|burn)|irritat\w+ my|burn(?:ed|t|s) (?:my
        |me)|allergic reaction|made me (?:so |very )?sick
    broke breaks breaking broken => br(?:oke|eaks?|eaking|oken) (?:me|us|my skin|my face) out
    order package parcel item refund stuff
        => where(?:'s|s| is) my (?:order|package|refund|money|stuff|parcel|item)
        |(?:my|the) (?:order|package|parcel|item) (?:\w+ )?(?:never|still|has not|hasn't|didn't|is late|was late
        |is missing|got lost|is lost|came damaged|arrived (?:broken|damaged|late))|cancel\w* my order
    still
        => still (?:waiting (?:for|on) (?:my|the|a|it|an|this)|haven't|havent|hasn't|hasnt|have not|not|no) ~(?:order
        |package|refund|received?|arrived|shipped|delivery|reply|response|parcel|item|product|tracking)
    weeks months
        => (?:\d+|two|three|four|five|six|several|a few) (?:weeks|months) (?:and|later|ago|now)\b.{0,30}(?:still
        |nothing|not|no|never|nowhere|hasn't|haven't)
    unfollow* unsubscrib*
        => (?:i'm |im |i |now |immediate(?:ly)? |just |am |instant )?(?:unfollow|unsubscrib)(?:ed|ing|e)?\b
    stop => stop (?:promoting|advertising|selling|scamming|lying|editing|photoshopping|posting ads|with the ads)
    shame lied liar liars sellout sell sold respect
        => shame on (?:you|u|them|this)|(?:you|they|she|he) lied|liars?\b|sell ?out\b|sold out to|sold your
        |lost (?:all |my )?respect
    worst horrible terrible awful
        => (?:worst|horrible|terrible|awful) (?:\w+ )?(?:product|purchase|brand|company|app|phone|thing|experience
        |customer|quality|shop|store|buy|service|update)
    trash garbage crap junk useless joke shit rubbish worthless pathetic terrible horrible awful ridiculous
    unacceptable disgusting bad suck sucks
        => (?:it|this|these|they|product|app|phone|update|company|brand|service|that|it's
        |its) (?:is |are |was |were |'s )?(?:\w+ )?(?:trash|garbage|crap|junk|useless|terrible|horrible|awful
        |a joke|shit|rubbish|worthless|pathetic|unacceptable|disgusting|sucks?|so bad|really bad
        |very bad)\b|pieces? of (?:crap|shit|junk|garbage|trash)|^(?:useless|unacceptable|pathetic|ridiculous)\b
    keeps keep kept
        => (?:keeps?|kept) (?:\w+ )?(?:crashing|freezing|breaking|dying|falling|disconnecting|leaking|slipping
        |shutting|stopping|restarting)
    ad ads => another (?:stupid )?ad\b|too many ads|tired of (?:the |these |your )?ads|so many ads|ad after ad
    small tight thin short
        => (?:way|far|much) too (?:small|tight|thin|short|big)|runs (?:really |very |so )?(?:small|tight)
    nunca nunca jamás => nunca (?:me )?(?:lleg|envi|recib|chegou|recebi|veio|mand|contest|respond)
    llegó llego llegado llega llegaron chegou recebi recibido
        => no (?:me )?(?:ha |han |lo ha )?(?:lleg|recib)|n[aã]o (?:me )?(?:chegou|recebi|veio)
    funciona funcionó sirve presta sirven funcionan => n[aã]?o (?:me )?(?:funcion|sirv|presta)
    estaf* fraude golpe golpistas robo ladrones
        => estaf|fraude|(?:é|um|que|isso é) golpe|golpistas|(?:un|es un) robo|ladrones
    rompió rompio dañó daño quebrou estragou rompieron => se (?:me )?(?:rompi|dañ)|quebrou|estragou
    calidad qualidade qualità qualité qualität kwaliteit
        => (?:mala|p[eé]sima|baja|poca|m[aá]|baixa|péssima|scarsa|pessima|mauvaise|schlechte|slechte) (?:calidad
        |qualidade|qualità|qualité|qualität|kwaliteit)|qualit(?:é|ä|à)t? (?:médiocre|nulle|ist schlecht|pessima)
    pésimo pesimo pésima pesima péssimo péssima pessimo pessima => p[eéè]ss?im[oa]
    devolución devolucion reembolso devuelvan remboursement remboursé rimborso reembolsar
        => devoluci|reembols|devuelv|rembours|rimbors
    compren recomiendo comprem recomendo comprate consiglio gostei
        => n[aãoon]+ (?:lo |la |los |o |a |me |vi )*(?:compren|compréis|recomiendo|comprem|recomendo|comprate
        |consiglio|gostei)
    dinero dinheiro soldi => (?:dinero|dinheiro|soldi) (?:tirado|perdido|a la basura|jogado|buttati|sprecati)
    decepci* decepç* decep* deluso delusa delusione deludente déçu déçue décevant
        => decep[cç]|delus[oaie]|deludente|(?<!pas )d[ée][cç]u(?:e|s)?\b|d[ée]cevant
    basura lixo schifo müll schrott merde spazzatura
        => (?:una|es|pura|um|é) (?:una |pura |um )?(?:basura|lixo)|fa schifo|müll\b|schrott|de la merde
    caro cara carísimo carísima cher teuer caros duur
        => (?:muy|demasiado|muito|tan|trop|zu|viel zu|troppo|te|carísim\w*) (?:car[oa]s?|chers?|chère|teuer|duur)
        |carísim
    enganação enganosa engaño mensongère ingannevole mentira => engana|enganosa|engaño|mensongère|ingannevole
    jamais reçu recu arrivé arrivée livré livrée
        => jamais (?:rien )?(?:reçu|recu|arriv|livr)
        |(?:pas|toujours rien|rien) (?:encore |toujours )?(?:reçu|recu|arriv|livré)
    arnaque arnaques arnaqueurs arnaqué => arnaqu
    marche fonctionne marchent fonctionnent => (?:marche|fonctionne)(?:nt)? (?:pas|plus)
    cassé cassée casse => (?:est |sont |tout |s'est |déjà )cass
    achetez fuir fuyez honteux client => n'achetez pas|à fuir|fuyez|honteux|service client
    angekommen erhalten geliefert bekommen
        => (?:nie|nicht|nichts|immer noch nicht|nix) (?:\w+ )?(?:angekommen|erhalten|geliefert|bekommen)
    betrug betrüger abzocke verarsche verarscht betrogen => betrug|betrüg|abzock|verarsch|betrogen
    funktioniert geht kaputt defekt
        => funktioniert (?:\w+ )?(?:nicht|nie)|geht (?:\w+ )?(?:nicht|kaputt)|kaputt|defekt
    enttäuscht enttäuschend enttäuschung finger empfehlen kauft geldverschwendung überteuert kundenservice reklamation
    geld
        => enttäusch|finger weg|nicht (?:zu )?empfehl|kauft (?:das|es|den|die) nicht|geldverschwendung|überteuert
        |kundenservice|reklam|geld zurück
    arrivato arrivata arrivati arrivate => (?:mai|non (?:mi )?(?:è|e'|sono)) (?:ancora )?arrivat
    truffa truffatori truffati funziona funzionano rotto rotta
        => truff|non funzion|(?:si (?:è|e') |è già |già )?rott[oa] (?:dopo|subito|al)|si (?:è|e') rott
    aangekomen ontvangen gekregen geleverd
        => (?:nooit|niet|niks|nog niet) (?:\w+ )?(?:aangekomen|ontvangen|gekregen|geleverd)
    oplichting oplichters oplichter werkt kapot teleurgesteld teleurstellend waardeloos
        => oplicht|werkt (?:\w+ )?niet|kapot|teleurgesteld|teleurstell|waardeloos
    dolandır* çalışmıyor gelmedi bozuldu berbat penipu penipuan sampai rusak kecewa
        => dolandır|çalışmıyor|gelmedi|bozuldu|berbat|penipu|(?:nggak|tidak|gak|belum) sampai|rusak|kecewa
    обман* мошенник* развод работает пришел пришёл пришла сломал* ужасн* разочаров* не
        => обман|мошенник|развод|не работает|не приш[ёел]|сломал|ужасн|разочаров
    oszust* działa dotarł* => oszust|nie działa|nie dotar
    * => نصب|احتيال|لم يصل|壊れ(?:た|ま)|届か|偽物|骗子|假货|사기|고장
"""

QUESTION = r"""
    what where when who why how which whose wher wat whats wheres hows what's where's who's how's is are do does did
    can could would will has have should any anyone anybody was were isn't aren't don't doesn't
        => (?:^|(?<=[.!,;\n:])|(?<=[.!,;\n:] ))(?:(?:hey|hi|hello|omg|so|and|but|ok|okay|also|wow|babe|girl|please
        |sorry|love it|@\S+) )*(?:what|where|when|who|why|how|which|whose|wher|wat|whats|wheres|what's|where's
        |who's|how's|is|are|do|does|did|can|could|would|will|has|have|should|any|anyone|anybody|was
        |were) (?!a |an |(?:cute|beautiful|gorgeous|amazing|lovely|nice|cool|sweet|pretty|awesome|adorable|great
        |good|fun|funny|stunning|perfect|wonderful|precious|fabulous|exciting|true|dare|else|ever|the heck
        |(?:i|we|my|this|these|your|be|not) )(?:\w*))(?:you|u|it|they|he|she|there|that|the|much|many|is|are|do
        |does|did|can|brand|size|color|colour|camera|kind|about|long|old|to|one|time|does|anyone|someone|know|was
        |will|would)\b
    link price info details => ^(?:@\S+ )*(?:link|price|info|details|size|brand)s? ?(?:please|pls|plz)?[ ?.!]*$
    * => どこ|何(?!よ)|いつ|ですか|ますか|吗[？?]?|哪|多少|어디|얼마|뭐(?:예|에)|나요|까요|؟
"""
