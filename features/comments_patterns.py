"""Phrases that show what a comment wants: our own rules, by intent, in nine languages and more.

A rule is a line `cues => expression`: it is tried only on texts that hold one of its cue words (a trailing * stands for
any ending), so most rules never run on most texts; after a & stand words of which one must be said too, because no find
is without them. Expressions are searched in the cleaned, lower-case text, from the beginning of a word; `~` stands for
up to three words of any kind. Every rule is tried whatever the language: comments mix languages, and the phrases rarely
clash.
"""

from __future__ import annotations

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
    broke breaks breaking broken
        => (?<!n't )(?<!not )(?<!never )(?<!without )br(?:oke|eaks?|eaking|oken) (?:me|us|my skin|my face) out
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
        |its) (?:is |are |was |were |'s )?(?:(?!the |not |never |oh )\w+ )?(?:trash|garbage|crap|junk|useless|terrible
        |horrible|awful|a joke|shit|rubbish|worthless|pathetic|unacceptable|disgusting|sucks?)\b
        |(?:it's|its|that's|is|are|was|were|looks?|looked|feels?|felt|tastes?|tasted|smells?
        |quality) (?:(?!not )\w+ )?(?:so|really|very) bad\b|pieces? of (?:crap|shit|junk|garbage|trash)
        |^(?:useless|unacceptable|pathetic|ridiculous)\b
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
    worth => (?:not|isn't|isnt|aren't|wasn't|never|hardly) (?:\w+ )?worth\b
    nothing
        => (?:looks?|looked|is|was|are|were|it's|its|fits?|feels?|smells?|tastes?|works?) nothing like (?:the|in|what|it
        |my|your)\b|nothing like (?:in )?(?:the |your |my )?(?:pic(?:ture)?s?|photos?|description|ads?
        |video|website|one)\b
    refund* refunded => (?:never|won't|didn't|don't|refuse(?:d)? to) (?:\w+ )?refund
    scammed avoid beware fake counterfeit knockoff
        => avoid (?:this|them|at all|like|the)|beware\b|counterfeit|knock ?-?off
        |(?:it's|its|this is|these are|they are|they're|product is) (?:a )?fakes?\b
    almayın bozuk kırıldı rezalet sahte pişmanım => almayın|bozuk\b|kırıldı|rezalet|sahte\b|pişmanım
    bakwas bakwaas ghatiya nakli fraud paisa paise barbad
        => bakwa+s|ghatiya|nakli|(?:paisa|paise) (?:barbad|waste|bekar)|fraud (?:hai|log|company)
    покупайте качество плохое ужас пришло деньги
        => не (?:покупайте|советую|рекомендую|берите)|(?:ужасное|плохое|отвратительное) качество|деньги на ветер
    zepsuł zepsuło zepsute polecam oszuści oszustwo badziewie doszło
        => zepsu|nie polecam|oszu[sś][ct]|badziewie|nie doszł
    palsu mengecewakan jangan nyesel zonk => palsu|mengecewakan|jangan beli|nyesel beli|zonk
    nova quebrado defeito golpe atendimento chegou procon
        => (?:veio|chegou) (?:com defeito|quebrad|errad)|péssimo atendimento|procon\b
    back => sent (?:it|them|mine|this|these) (?:\w+ )?back\b|(?:it|they|these|mine) went (?:straight )?back\b
    stopped quit
        => (?:it|mine|they|and|already|phone|screen|battery) (?:just |suddenly |already )?(?:stopped|quit) \w+ing\b
    charged charge => charged? (?:me|my card|my account|us) (?:\w+ )?(?:twice|double|again|for|extra|\d)
    dinheiro dinero soldi geld argent
        => (?:meu|o) dinheiro de volta|(?:mi|el) dinero de vuelta|devuel\w* (?:mi|el) dinero|(?:mein )?geld zurück
        |rendez l'argent|indietro i (?:miei )?soldi
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
    dónde donde cuánto cuanto cuándo cómo quién cuál qué onde quanto qual quando quem
        => ^(?:\S+ )?(?:de |a )?(?:dónde|cuánto|cuándo|cómo|quién|cuál|onde (?:\w+ )?(?:compr|vende|é|fica)
        |donde (?:\w+ )?(?:compr|consig|es|queda)|cuanto (?:cuesta|vale|es)|quanto (?:custa|é|fica|costa|ist))
    wo woher wieviel combien dove waar hoeveel gdzie
        => ^(?:\S+ )?(?:wo (?:kann|hast|ist|gibt|bekomm|finde)|woher|wieviel|wie viel|combien|dove (?:l'|hai|si|posso
        |è)|waar (?:heb|is|kan|koop)|hoeveel|gdzie)\b
    dimana mana berapa kapan gimana kenapa nereden nerede kaç kahan kaha kitne kitna kitni kaise
        => di ?mana\b|berapa\b|^(?:\S+ )?(?:kapan|gimana|kenapa)\b|nereden\b|nerede\b|^(?:\S+ )?kaç\b|kaha+n?\b
        |kitn[aei]\b|kaise\b
    где сколько когда откуда почему как => ^(?:\S+ ){0,2}(?:где|сколько|когда|откуда|почему)\b
    miyim mıyım miyiz misin mısın misiniz mısınız kya
        => m[iı](?:y[iı]m|y[iı]z|s[iı]n(?:[iı]z)?)\b|kya (?:hai|h|price|rate|naam)\b
"""
