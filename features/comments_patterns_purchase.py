"""Phrases of wanting, asking for and having bought: rules written like those of `comments_patterns`."""

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
        |(?<!the )(?<!that )(?:price|cost)s? ?(?:please|pls|plz|pl|\?|$)|^price
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
        => بكم|السعر|كم سعر|من وين|وين (?:القى|احصل|اشتري|تبيع)|الرابط|ابغاه|ابيه|कीमत|कितने का|कितने की|कहाँ से
        |कहां से|कहाँ मिल|どこの|どこで(?:買|購入|売)|いくら|買い(?:ました|たい|ます)|欲しい|ほしい|哪里买|哪裡買
        |多少钱|多少錢|求链接|어디(?:꺼|서|제품|거)|얼마|구매|정보|怎么买|哪裡有賣|价格|多錢|買える|買いました|値段
        |売って
    come comes available have
        => (?:does|do) (?:it|this|that|these|they|the \w+) (?:also |even )?come in\b
        |(?:do|does) (?:you|they|it|u) (?:\w+ )?have (?:it|this|these|that) in\b
    ordering buying getting grabbing copping
        => (?:ordering|buying|copping) (?:now|tonight|today|tomorrow|asap|rn|immediately|soon|right)\b
    adding added add put
        => (?:add(?:ed|ing)?|put(?:ting)?) (?:it|this|these|that|those|them|one|two) (?:\w+ )?(?:to|on
        |in) (?:my |the )?(?:\w+ )?(?:list|cart|basket|bag)
    dropping posting sharing sending linking
        => (?:dropping|posting|sharing|sending) (?:the |a |us the )?links?\b|linking (?:this|it|these)
    repurchas* rebuy reorder* repurchased => repurchas|re-?order(?:ed|ing)?\b|rebuy
    bottle tube jar pair order pack bag box one
        => my (?:second|third|fourth|fifth|sixth|\d+(?:st|nd|rd|th)) (?:bottle|tube|jar|pair|order|pack|bag|box|one)\b
    comprei amei => comprei\b|vou comprar
    où trouvée trouvé acheté achetée achetés prise pris vient
        => (?:trouvée?s?|achetée?s?|prise?s?|eue?s?|vient|viennent) (?:où|ou)\b
    kadar fiyatı fiyati fiyat link linki bilgi
        => ne kadar|fiyat[ıi]?\b|link(?:i|ini)? (?:atar|var|alabilir|paylaş)|fiyat bilgisi
    kitne kitna kitni kahan kaha kidhar price rate
        => kitn[aei] (?:ka|ki|ke|me|mein|rupay|hai)|kaha+n? (?:se|pe|milega|milegi|mile|milta)|kidhar (?:se|milega)
        |(?:price|rate) (?:kya|bata|kitn)|(?:kya|iska|is ka) (?:price|rate)
    цена ценник ссылк* купить закажу куплю
        => цен[аеуы]\b|ценник|ссылк|купить (?:можно|где|такое|такую|такой)|(?:уже |тоже )?(?:закажу|куплю)
    cena link gdzie => (?:jaka |ile )?cena\b|gdzie (?:to |ta |te )?(?:kup|dost|znajd)
    harganya price pl pricelist ongkir minat => harga(?:nya)?\b|ongkir|minat (?:kak|dong|gan|sis)|price ?list
    dimana mana => (?:beli|order|baju|tas|sepatu|celana|jilbab|hijab)\w* (?:\w+ )?di ?mana|di ?mana (?:\w+ )?beli
    sold store stores shop => (?:is|are) (?:it|this|these|they) sold (?:in|at|on)|(?:which|what) stores?\b
    saving => saving (?:up )?for (?:this|these|that|one|it)\b
"""
