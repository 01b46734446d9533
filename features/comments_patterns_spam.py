"""Phrases of spam and scam, by kind: our own rules, written like those of `comments_patterns`.

The kinds, not their words, are what the spam model learns from, so that a kind of spam it was not trained on still
counts: links, asking to follow, promoting oneself, money, contact elsewhere, gifts, begging, fake offers to
collaborate.
"""

from __future__ import annotations

SPAM: dict[str, str] = {
    "mine": r"""
        my our
            => (?:my|our) (?:\w+ ){0,2}(?:channel|chanel|chanell|videos?|vids?|page|profile|account|instagram|insta|ig
            |music|songs?|covers?|tracks?|blog|website|site|link|bio|store|shop|business|beats?|raps?|mixtape|album
            |band|gallery|feed|group|stream|podcast|tiktok|soundcloud|facebook|subs|twitch|etsy|app|services?)\b
        mine => (?:visit|check|check out|follow|look at|see) mine\b
        mi mis meu minha mon ma mein meine mio mia
            => (?:mi|mis|meu|minha|mon|ma|mein|meine|mio|mia) (?:canal|cuenta|perfil|página|pagina|conta|chaîne|compte
            |profil|seite|kanal|canale|profilo)
        """,
    "check": r"""
        visita visitem visiten mira miren schaut schau venez guardate cek kunjungi заходи* переход*
            => visita (?:mi|meu|o meu|il mio|nuestra|nossa)|visit(?:em|en) (?:mi|meu|o meu|nuestra)
            |mir(?:a|en) mi (?:perfil|canal)|schaut? (?:\w+ )?(?:auf|bei) (?:mir|meine|unsere)|venez (?:voir|sur)
            |guardate il mio|cek (?:ig|profil|bio|akun)|kunjungi|заходи\w* (?:ко мне|в|на)|переходи\w* по
        check chek checkout ckeck chk
            => (?:check|chek|ckeck|chk) ?(?:it |this |me |us |them |these |my |our )?(?:out|my|our|me\b|us\b|@)
            |checkout (?:my|our|this|the)
        take have look & at up => (?:take|have) a (?:quick )?look at (?:my|our|this|me)|look (?:at|up) (?:my|our)
        go visit click come
            => go (?:to|check|watch|see|visit|follow|subscribe|vote|like) (?:my|our|this|the|out|me|@|\w+\.|\w+ \.
            |http|and)|visit (?:my|our|us|this|the (?:link|site|website)|www|http|\w+\.\w)|click (?:on |here|the|my
            |this|link)|come (?:and )?(?:check|watch|see|visit) (?:my|our|out|me|us)
        watch listen search google
            => (?:watch|listen to) (?:my|our|me)\b|(?:search|google) (?:for|it|this|my|our|\w+ (?:on|in))\b
        found find saw
            => (?:found|find|saw) (?:it |this |me |them |one )?(?:on|at) (?:the |a )?(?:website|site|page|app|link
            |google|<)|(?:find|follow|add) me (?:on|at|@)
        """,
    "follow": r"""
        подпиш* взаимн* подписк* follback followback difollback folback takip subscribe
            => подпи[шс]\w*(?: на)?|взаимн|foll?back|difollback|follow (?:akun|aku|balik|ig|dong)
            |takip (?:et|edin|e takip)|geri takip
        sígueme sigueme siganme sigo te volta seguir siga sigam retribuo seguo seguitemi abonne*
            => te sigo de vuelta|s[ií]gueme|sigan?me|segue de volta|sigo de volta|me segue
            |siga(?:m)? (?:meu|minha|nosso|o meu|a minha)|retribuo|ricambio|seguitemi
            |(?:je m')?abonne[zr]?[- ](?:vous|toi)
        sub subs subsc* susc* sucsc* subcr* sucri*
            => su[bsc]+r?i?be?|subscrib|suscrib|sub (?:to|me|my|back|for|4|2)\b|\d+ subs\b
        follow followers following followback
            => follow (?:me|back|my|us|our|@|for follow|4 follow)\b|followback|follow\b.{0,15}\bback
            |gain (?:\w+ )?followers|\d+k? (?:real )?followers
        f4f l4l s4s fff lfl like4like follow4follow sub4sub followforfollow likeforlike l4like spam4spam
            => (?:f4f|l4l|s4s|fff|lfl|like4like|follow4follow|sub4sub|followforfollow|likeforlike)\b
        back => (?:will|ill|i'll|i|we) (?:\w+ )?(?:follow|sub|like|subscribe)(?: (?:you|u))? back
        sígueme sigueme siganme síganme segue seguimi suivez abonne* folgt abonniert volg takip
            => s[ií]g[ua]e?n?me|me segue|segue (?:eu|de volta|l[aá])|seguimi|(?:suivez|abonnez)[- ](?:moi|vous)
            |folgt mir|abonniert|volg mij|takip et
        """,
    "money": r"""
        gana ganar dinero ganhe ganhar dinheiro renda verdiene verdienen gagner gagnez guadagna cuan penghasilan para
        заработ* доход
            => gan(?:a|ar|e|en|é) (?:\w+ )?(?:dinero|plata|\$|\d)|ganh(?:e|ar|ei|o) (?:\w+ )?(?:dinheiro|r\$|\d|renda)
            |renda extra|geld verdienen|verdien(?:e|en|st) (?:\w+ )?(?:geld|\d)|gagne[rz]? (?:de l'argent|\d)
            |guadagna(?:re)? (?:\w+ )?(?:soldi|\d|online)|penghasilan|para kazan|заработ|пассивный доход
        earn earned earning make made making
            => (?:earn(?:ed|ing|s)?|mak(?:e|es|ing)|made) (?:\w+ ){0,3}(?:\$|money|cash|dollars|bucks|income|profits?
            |usd|[\d.,]+k?\b)
        bitcoin btc crypto cryptocurrency forex investment investments invest investing trader traders trading profit
        profits binary payout loan loans nft ethereum usdt
            => (?:bitcoins?|btc|crypto\w*|forex|invest(?:ment|ments|ing|ed|or)?|traders?|trading|profits?
            |binary options?|payouts?|loans?|nfts?|ethereum|usdt)\b
        paypal cashapp income => paypal|cash ?app|(?:passive|extra|monthly|weekly|daily|residual) income
        per from get & day* week* month* hour* home* paid* rich* <link> <video>
            => \$ ?\d[\d.,]*k? (?:per|a|every|in|each) (?:day|week|month|hour)
            |(?:work|working|money|job|cash) (?:from|at) home|get paid|get rich
        """,
    "contact": r"""
        escríbeme escribeme escríbanme chama zap contáctame contattami schreib écris écrivez hubungi yaz напиш* пиш*
        лс директ telegram
            => escr[ií]be(?:me|nme)|me chama (?:no|na)|(?:no|meu) zap\b|cont[aá]ctame|contattami|schreib (?:mir|uns)
            |[ée]cri(?:s|vez)[- ]moi|hubungi (?:kami|wa|saya)|(?:dm'?den|dm den) yaz
            |пиш\w* (?:мне|в лс|в директ|в личку)|в (?:лс|директ|личк)
        dm dms pm message inbox text contact email write msg messaged
            => (?:dm|pm|message|inbox|text|contact|email|write|msg) (?:me|us|@|him|her|for (?:info|details|more|collab
            |price|promo|a|features?)|now|our|this|to (?:get|order|be|join|collab|earn|start
            |know)|asap)\b|dms? (?:are )?open|(?:via|in|into|thro|a|the|your|check your|check the) dms?\b|^dm\b|dm$
        send
            => send (?:me|us|it|a|your|them|this) (?:a |an |the |your )?(?:dm|pm|message|pics?|photos?|to @|msg
            |request)
        whatsapp whatsap telegram kik snapchat skype wechat => what'?s? ?app?|telegram|kik\b|snap ?chat|skype|wechat
        hit => hit me up
        <number> => \+\d[\d \-()]{7,}
        """,
    "free": r"""
        free
            => free (?:iphone|ipad|gift|gifts|stuff|followers|likes|money|cash|product|products|shipping|trial
            |download|tickets?|account|access|v-?bucks|robux|psn|itunes|music|card|cards|samples?|clothes|for you
            |at|to join|on|just|today|now)|(?:for|get it|got it|100%) free|absolutely free
        gift giftcard giveaway giveaways win winner claim prize lottery
            => gift ?cards?|give ?aways?|win (?:a|an|free|big|this|\$|\d|cash|money|prizes)
            |claim (?:your|my|the|it|now)|prize\b|lottery
            |(?:been|you are|you're|u r) (?:the |a |our )?(?:\w+ )?winner
        discount promo coupon invite referral code
            => (?:use|with|using|my|enter|invite|referral|promo) (?:\w+ )?(?:code|coupon)\b|referral
            |\d+ ?% (?:off|discount)|discount (?:for|on|at)
        download vote donate gofundme petition register app survey apply
            => download (?:it|this|my|our|the|now|here|free|from|\w+ (?:app|from))
            |vote (?:for|here) (?:me|us|my|our|this|\w+ on)|donat(?:e|ion)|gofundme|petition
            |register (?:now|here|at)|sign up (?:here|now|for|at|with)|survey|app store|play store
            |apply (?:now|here)
        limited offer offers deal deals hurry sale cheap cheapest
            => limited (?:time|offer|edition offer)|(?:special|best|great|amazing|exclusive|our) (?:offers?|deals?)\b
            |hurry|(?:for|on) sale (?:at|here|now|visit|check)|(?:buy|sell|selling) (?:cheap|it cheap)
            |cheap(?:est)? (?:price|prices|rates?)
        """,
    "hidden": r"""
        dot com net info org tk xyz ru co biz
            => \w\w+ ?(?:[(\[{] ?(?:dot|\.) ?[)\]}]| dot |\(?dot\)? ?)\.?(?:com|net|org|info|co|tk|biz|ly|xyz)\b
            |\w\w+ ?\. ?(?:com|net|info|org|tk|biz)\b|\w\[\.\]\w|\w \. (?:com|net|info)\b
        <link>
            => \w+\.(?:tk|xyz|info|club|top|biz|gq|ml|cf|ga)\b|(?:bit|adf|tiny|goo|ow|shhort|tinyurl)\.\w+
            |[?&](?:ref|aff|referral|invite|id|r)=|/(?:ref|aff|invite|referral|share)/
        brackets => (?:remove|without|get rid of) (?:the )?(?:brackets|spaces|space)
        """,
    "beg": r"""
        thumb thumbs thumb's => thumbs? (?:this )?up (?:if|for|this|so|pls|please|if you)
        like likes liked
            => like (?:if|this comment|this if|my comment|my page|for (?:like|a)|and (?:share|follow|subscribe
            |comment))|(?:if|get|for) \d+ likes|\d+ likes
        please plz pls plse pleas
            => (?:please|plz|pls|plse|pleas) (?:\w+ ){0,2}(?:like|share|subscribe|check|watch|follow|listen|support
            |vote|visit|give|look|read|sub|help (?:me|us|my|our))\b
        help => help (?:me|us) (?:get|reach|out|grow|become|with|to|go)
        share read => share (?:this|my|it with)|read (?:this|my) (?:comment|if|carefully|book|story)
        second seconds minute minutes moment sec chance
            => (?:just|only|take|have|got|spare|one|1|\d+) (?:a |few )?(?:secs?|seconds?|minutes?|moment)\b
            |give (?:me|us|it|my|this) a (?:chance|listen|try|shot|follow)
        """,
    "collab": r"""
        collab collabs collaborate collaboration collaborating
            => (?:would|we'd|we|i'd|to|let's|lets|interested in|for a|dm|a) (?:\w+ ){0,3}(?:collab\w*)\b
            |collab\w* (?:with (?:us|you|me)|\?|dm|now)
        ambassador ambassadors rep reps
            => (?:brand |our |an? |new |as )+(?:ambassador|rep)s?\b|ambassadors? (?:program|with)
        promote promoted promoting promotion promo shoutout shoutouts shout
            => promote (?:it|this|on|your|our|you|at)
            |(?:free|paid|for|a|want|need|get|more) (?:\w+ )?(?:promo\w*|shout ?outs?)\b|^promo
            |shout ?out (?:for|to my|@)
        feature featured featuring
            => (?:to|be|getting|get|want|would love to|potential|for a|next) (?:\w+ )?featur(?:e|ed)\b
            |featur(?:e|ed|ing) (?:you|on (?:our|my|the|@))
        work send products product pr partner
            => (?:would|we'd|i'd|we) (?:really |absolutely |all )?(?:love|like|want) (?:to (?:work|send|gift|offer
            |have|partner|connect|chat|see you)|for you to|you (?:to
            |as))|(?:wants?|want) to send (?:you|u)|free products?|partner (?:up )?with (?:us|you)
        selected chosen grow growth engagement influencer influencers opportunity interested model models brand
            => (?:been|were|was) (?:selected|chosen)|(?:help|want) (?:you |to |u )*(?:grow|increase|boost|gain)
            |(?:grow|increase|boost|gain) your|(?:real|more|get|buy|free|organic) (?:\w+ )?(?:followers|likes|views
            |engagement)|(?:you(?:'d| would)?(?: be)?|are) (?:\w+ )?(?:perfect|great|amazing|fit) (?:for|on|as|in
            |brand) (?:our|us|my|the|we)|interested\?|if (?:you're|you are|ur|your) interested
        page account feed profile
            => (?:love|like|loving|amazing|nice|great|awesome|cool|gorgeous) (?:\w+ )?(?:page|account|feed|profile
            |gallery|content)\b.{0,40}(?:check|follow|dm|visit|collab|feature|message|love to|our|mine|my)
        """,
    "shady": r"""
        promote promoted => promote (?:it|this|that|your \w+|ur \w+) (?:on|at|with|to|by) @|^promote (?:it|this) on\b
        onlyfans nudes nude porn sexy hot xxx adult dating escort escorts cam singles girls
            => onlyfans|nudes\b|nude (?:pics?|photos?|videos?)|porn\b|sexy? (?:videos?|girls?|cams?|chat|pics)
            |hot (?:girls|singles|videos|pics)\b|xxx (?:video|cam|site)|adult (?:videos?|site|chat|content|dating)
            |dating site|escorts?\b|(?:girls|singles) in your area
        spell caster herbal cure cured herpes prophet illuminati ex
            => spell ?caster|herbal (?:medicine|remed\w+|cure|doctor)
            |cured? (?:me|my|of|from) (?:\w+ )?(?:herpes|hiv|diabetes|hpv)|herpes|prophet \w+
            |(?:join|the) illuminati|my ex (?:\w+ )?(?:back|came back|returned)
        hack hacked hacker hackers recover recovered recovery unlock
            => hack(?:ed|ing|s)? (?:into )?(?:any|your|his|her|my|the|an?|instagram|facebook|whatsapp)? ?(?:accounts?
            |phones?)|(?:ethical|professional|real|good|best|legit|a|this|the) hackers?\b|hackers?\b.{0,40}(?:help
            |recover|contact)|recover(?:ed|y|ing)? (?:of |all |back )*(?:my|your|lost
            |stolen)(?: \w+){0,2} (?:crypto|funds?|money|accounts?|bitcoins?|btc)
        casino betting bet jackpot gambling viagra slots => casino|betting (?:site|app|tips)|jackpot|gambling|viagra
        """,
    "self": r"""
        i'm im am i we & singer* rapper* producer* artist* youtuber* musician* band* dj* vlogger* gamer* songwriter*
        upcoming* aspiring* up unsigned* videos* vids* music* beats* songs* covers* raps* remixes* vlogs* gameplay*
        tutorials* made posted uploaded dropped released started <link> <video>
            => (?:i'm|im|i am|we are|we're) (?:an? |just an? )?(?:\w+ )?(?:singer|rapper|producer|artist|youtuber
            |musician|band|dj|vlogger|gamer|songwriter|upcoming|aspiring|up and coming|unsigned)\b|(?:i|we) (?:make
            |do|post|upload|cover|sing|rap|produce|write) (?:\w+ )?(?:videos|vids|music|beats|songs|covers|raps
            |remixes|vlogs|gameplay|tutorials)|(?:i|we) (?:just )?(?:made|posted|uploaded|dropped|released
            |started) (?:a|an|my|our|this|some|new)\b
        new
            => (?:my|our|check|a|have) (?:\w+ )?new (?:video|song|track|album|single|channel|mixtape|vid|youtube|page
            |collection|website|app)|new (?:youtuber|artist|channel|band)\b
        get support noticed appreciated mean
            => get (?:noticed|heard|discovered|my name out|\d+)|support (?:me|us|my|our)
            |(?:would|will) (?:be (?:much |really |greatly )?appreciated|mean (?:a lot|so much|the world|alot))
        """,
}
