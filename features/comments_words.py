"""English words under posts that the open lexica lack or read wrongly; our own list, set by hand.

One line per valence, on the scale of VADER (-4 very bad to 4 very good). A listed word replaces what the lexica say:
slang ("sick", "fire"), words of buying and owning ("flimsy", "refund"), words that are mild here ("like", "want").
Phrases of two to four words are read as one.
"""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(words.split())


_VALENCE = {
    3.4: """
        obsessed gorgeous stunning breathtaking masterpiece flawless perfection phenomenal exquisite heavenly divine
        goat iconic amazeballs ah-mazing jaw-dropping mind-blowing to-die-for top-notch 10/10 100/100 11/10
        goals couplegoals hairgoals squadgoals slay slayed slaying slays spectacular magnificent sublime
        outstanding superb incredible unbelievable unreal insane-ly out-of-this-world favorite favourite adorbs
        """,
    2.9: """
        contagious dope    bomb.com  fleek  badass epic legend legendary queen king  boss yum yummy
        delish delicious drooling scrumptious mouthwatering swoon swooning dreamy stunner hottie babe-alicious
        bussin   goated elite fab fabulous fierce gorg rad stellar rocks rocked rockin
        beaut beauts cutie cuties cutest beautifully wonderfully amazingly brilliant yass yasss yaaas yas yay woohoo
        wow whoa omg-yes bravo kudos congrats congratulations glowing radiant precious kawaii lush
        impressed impressive addicted holy-grail must-have game-changer gamechanger lifesaver life-saver
        recommend recommended recommending highly-recommend loving adore adoring adored loved worthit
        dapper handsome classy chic stylish elegant timeless photogenic picturesque
        inspo inspiring inspired inspirational inspiration blessed bless thankful grateful
        faves fave fav favs favourites favorites besties bae
        """,
    2.0: """
        cool neat sweet vibes vibe vibing mood solid slick crisp sharp clean fresh cozy cosy comfy comfortable soft
        durable sturdy reliable smooth responsive lightweight spacious bargain affordable flattering effective
        works worked quality useful helpful handy informative detailed thorough professional well-made worth-it
        satisfied happy glad excited hyped stoked pumped psyched  envious hilarious funny lmao lmfao lol haha
        hahaha hehe lolol rofl roflmao thanks thank thankyou thx ty tysm tnx merci cheers appreciate appreciated
        aww awww aw awe awh nailed       winning win gem deserve deserves
        deserved proud congratz underrated interesting agree agreed exactly yes yep yeah yesss
         handles improved improvement upgrade   legit real-deal genuine authentic spot-on
           crying-laughing hot sexy hawt thicc peng banging poppin popping lookin-good
        tasty crispy creamy juicy refreshing fluffy moist satisfying
        welcome enjoy enjoyed enjoying fun warm cute pretty lovely charming magical wonderful beautiful
        smart genius clever talented creative original unique artsy aesthetic gifted skilled
        """,
    1.2: """
               liked likes wish hope good fine nice better well fast quick quickly
        light bright colorful colourful easy simple ok-good decent thumbs fan support share true right
        right-on luck lucky ready clear smooth-ish proper improved  win-win cheaper
        ordered buying wait excited-for curious
        """,
    0.6: "ok okay okey alright fair passable so-so         wicked",
    -0.7: """
        meh hmm ugh-ish pricey expensive spendy overpriced-ish    heavy bulky thick    loud
        tight loose  unfortunately however sadly alas though confused confusing unsure skeptical sceptical doubt
        idk dunno nope nah whatever overrated boring bored basic bland dull outdated dated limited lack lacks lacking
        missing issue issues concern concerned sold-out unavailable
        """,
    -1.6: """
        cheap-looking flimsy tacky cheesy cringe cringy cringey corny lame mediocre underwhelming underwhelmed
        overpriced overhyped gimmick gimmicky laggy lag lags lagging buggy bug bugs glitch glitchy crash crashes
        crashed crashing freezes froze bloated bloatware unresponsive uncomfortable itchy scratchy leaks leaked leaking
        faded fades fading shrank shrunk shrinks peeled peeling fell ripped tore torn scratched scratches cracked
        stained dented sketchy shady fishy clickbait photoshopped filtered edited unrealistic plastic fake-looking
        delayed delay late-delivery returned returning return refund refunded complaint complain complaining
        wrong worse weak stiff noisy blurry dim grainy pixelated fugly ugly-ish disappointing disappointed disappoint
        disappoints letdown let-down unhappy unsatisfied dissatisfied annoying annoyed irritating frustrating
        frustrated salty thirsty tryhard try-hard sellout sell-out paid-ad
        stop unfollow unfollowed unfollowing unsubscribe unsubscribed dislike disliked dislikes hater haters shame
        nasty gross yuck yucky ew eww ewww ewwww bleh blah ick icky barf puke vomit stinks stinky smelly smells stank
        chinese-knockoff knockoff knock-off counterfeit bootleg
        """,
    -2.6: """
        scam scams scammed scammer scammers scamming fraud frauds fraudulent ripoff rip-off rip-offs fake fakes liar
        lied lies lying thief thieves stole-my stolen  broke broken breaks defective faulty garbage trash trashy
        rubbish crap crappy junk shit shitty horrible terrible awful worst pathetic disgusting disgusted disgrace
        disgraceful useless worthless unusable horrendous atrocious dreadful appalling abysmal hideous hate hated hates
        hating sucks sucked suck sux avoid waste wasted pos bs bullshit wtf stfu gtfo fuck-you kys idiot idiots moron
        morons retard retarded dumb dumbass loser losers asshole bitch-ass trashed rude scandal toxic vile ugly
        stupid disaster nightmare regret regretted regrets allergic rash    breakout ruined ruin ruins
        """,
}
_NEUTRAL = """
    l ff gt gl po pu tout mia dire amazon hand number ly bfd bfe matter united ill fit more most many own mean game
    behind fly base rose secret chicken catching rarely fairly random common latest becoming impossible artificial
    originally lately primary primarily accurate appropriate overwhelming touching shallow subtle stale randomly merely
    mere sexual economical mighty twisted exotic dramatic elementary rank static wary cheaply cut play playing played
    """
"""Words the lexica rate by a meaning that is rare under posts, or by an accident of spelling."""
_MILD = {
    3.0: "obsessed",
    1.5: "jealous envious",
    0.7: "please plz pls help dear god sure top kind-of join create created number natural energy want wanted wants",
    0.4: "need needed needs like free crazy insane wild super serious seriously huge buy quick steal",
    -0.4: "cheap cheaper shoot drop low pay shot late old slow small tiny short mad damn freaking fucking fuckin",
    -1.0: "hell ass no dead dying sick killing killed killer smh",
}
SLANG: dict[str, float] = dict.fromkeys(
    listed(
        """
    sick fire lit bomb killer savage insane wicked crazy banger bop nuts unreal slaps hits drip saucy lethal deadly
    fierce bananas
    """
    ),
    2.6,
)
"""What short praise means by words the lexica rate as bad or not at all: "this is sick", "so fire"."""
SLANG_AFTER = listed(
    """
    is are was this that that's thats it's its it looks look lookin looking so straight pure absolutely just pretty damn
    too sounds fucking freaking fckn be you're ur you always
    """
)
"""What stands before such a word when it praises; or nothing else is said at all."""
FIRST_PERSON = listed("i i'm im i've ive i'd i'll me my mine myself we we're our us feel feeling felt")
"""Who says these speaks of real pain: no slang."""

_PHRASES = {
    3.2: """
        to die for|on point|on fleek|so good|love love|this is everything|is everything|are everything
        |take my money|chef's kiss|holy grail|game changer|best ever|blown away|blew my mind|next level
        |no words|speechless|killing it|killin it|killed it|slaying it|nailed it|crushing it|rocking it|rocking this
        |rocking that|owning it|body goals|hair goals|outfit goals|life goals|style goals|goals af|this is sick
        |that's sick|that is sick|looks sick|sick pic|sick shot|sick photo|sick edit|is fire|straight fire|pure fire
        |is the shit|would buy again|will buy again|never change|got me through|this slaps|slaps so hard|slaps hard
        |ate that|ate this up|you ate|u ate|ate and left no crumbs|left no crumbs|glow up|is lit|so lit|the bomb|da bomb
        |hell yeah|hell yes|fuck yeah|fuck yes|drop dead|no cap|chefs kiss|hits different|can't get enough
        |can't say enough|cannot say enough|cant get enough|cannot get enough|can't stop watching|can't stop using
        |can't stop wearing|can't stop eating|can't stop listening|cant stop using|cant stop wearing|works like a charm
        |works like magic|crazy long|highly recommend|10 10|100 10|would recommend|can't live without|cant live without
        |worth every penny|worth the money|five stars|5 stars|exceeded my expectations|better than expected
        |better than i expected|two thumbs up|bad ass|badass|damn good|so bomb|looking good|look good|looks good
        |look great|looks great|well done|good job|great job|nice job|nice one|good work|great work|keep it up|keep up
        |way to go|you go girl|you rock|dying over|dead over|can't even handle|give me life|giving me life|gives me life
        """,
    1.8: """
        can't wait|cant wait|cannot wait|can not wait|looking forward|no problem|no problems|no issues|no complaints
        |no doubt|not bad|not too bad|not bad at all|nothing wrong|no regrets|never disappoints|never disappoint
        |never fails|never fail|doesn't disappoint|didn't disappoint|did not disappoint|can't complain|cant complain
        |can't go wrong|cant go wrong|hard to beat|never so|never been so|never been better|never looked better
        |cannot beat|can't beat|so jealous|sooo jealous|worth it|thumbs up|big fan|huge fan|count me in|sign me up
        |need this|need these|need one|must try|gotta try|have to try|added to cart|wish list|wishlist|works great
        |works well|works perfectly|works fine|couldn't be happier|could not be happier|want this|want these|want one
        |want this so bad|need this so bad|want it so bad|need it so bad|want one so bad|want these so bad
        |crazy good|insanely good|stupid good|wicked good|stupidly good|dangerously good|ridiculously good|pretty good
        |pretty cool|pretty nice|pretty great|shut up and|hot damn|so cool|kind of you|so kind|cool beans|to the moon
        |no brainer|happy birthday|merry christmas
        """,
    0.6: "nothing like",
    -1.2: """
        not worth|no thanks|no thank|no way|not a fan|not into|not for me|not my thing|no longer
        |could be better|could have been|should have been|too expensive|too much money|too small|too sweet for
        |too bright|too salty|too big|too short|too tight|too thin|too slow|too heavy|too bad|so expensive|not impressed
        |let down|meh at best|better off|waste of|paid to say|got paid to|nobody asked|no one asked
        |old version was better|old one was better|paid to|so called|used to be|used to love|i miss the old|i wish it
        |don't buy|do not buy|dont buy|don't bother|do not bother|stick with|ill stick|stay away|never again|never buy
        |never order|sold out|out of stock|what happened to|not anymore|wouldn't buy|would not buy
        """,
    -2.6: """
        fell apart|falls apart|falling apart|fell off|came off|comes off|stopped working|stops working|quit working
        |doesn't work|does not work|doesnt work|didn't work|did not work|didnt work|don't work|dont work|not working
        |isn't working|won't work|wont work|never works|never worked|won't turn|never arrived|never came|never received
        |never got|never shipped|never delivered|hasn't arrived|has not arrived|didn't arrive|did not arrive
        |not arrived|not received|money back|want a refund|need a refund
        |waste of money|waste of time|wasted my money|wasted money|rip off|ripped off|ripped me off|total scam
        |broke in|broke after|broken after|broke within|broke on|broke the first|no response
        |no reply|ignored my|ignoring my|cheap looking|looks cheap|look cheap|looked cheap|looks so cheap
        |so cheap looking|feels cheap|felt cheap|cheaply made|cheap quality|poor quality|bad quality|low quality
        |terrible quality|horrible quality|made in china crap|broke me out|breaks me out|break me out|breaking me out
        |gave me a rash|made me sick|makes me sick|sick of|tired of|fed up|worst ever|shame on|go away|piece of crap
        |piece of shit|piece of junk|buyer beware|beware of|false advertising|misleading|not as described
        |not as advertised|looks nothing like|look nothing like|looked nothing like|is nothing like|are nothing like
        |was nothing like|were nothing like|its nothing like|it's nothing like|turned green|fake news|bad experience
        |worst experience|lost respect
        |lost all respect|how dare
        """,
}


def _entries(table: dict[float, str], separator: str | None) -> dict[str, float]:
    return {
        " ".join(entry.split()): valence
        for valence, block in table.items()
        for entry in block.split(separator)
        if entry.strip()
    }


WORD_VALENCE: dict[str, float] = _entries(_VALENCE, None)
"""Counts for words VADER has not rated."""
REREAD: dict[str, float] = dict.fromkeys(_NEUTRAL.split(), 0.0) | _entries(_MILD, None)
"""Counts before any lexicon."""
PHRASE_VALENCE: dict[str, float] = _entries(_PHRASES, "|")

NEGATIONS = listed(
    """
    not no never none nothing nobody neither nor nowhere without hardly barely scarcely rarely seldom cannot cant can't
    don't dont doesn't doesnt didn't didnt isn't isnt ain't aint aren't arent wasn't wasnt weren't werent won't wont
    wouldn't wouldnt shouldn't shouldnt couldn't couldnt haven't havent hasn't hasnt hadn't hadnt mustn't needn't
    shan't despite lacks lacking nope
    """
)
BOOSTERS: dict[str, float] = dict.fromkeys(
    listed(
        """
    very so really super extremely absolutely totally completely utterly incredibly insanely amazingly truly deeply
    highly hugely especially exceptionally extra fucking fuckin freaking freakin frickin friggin effing damn hella
    way too such most more much majorly particularly perfectly purely quite remarkably ridiculously seriously
    substantially thoroughly tremendously unbelievably uber mad mega crazy literally just
    """
    ),
    0.25,
) | dict.fromkeys(
    listed("slightly somewhat kinda kind-of sorta partly marginally almost fairly rather little bit less mildly"), -0.25
)
ALLOWS_NONE = listed("never couldn't couldnt cannot can't cant nothing nobody")
"""Before a comparative these say that it is as good as can be."""
COMPARATIVE = listed(
    """
    better happier nicer easier softer prettier cuter cooler smoother faster sweeter funnier lovelier tastier stronger
    prouder clearer fresher comfier brighter smarter luckier healthier hotter
    """
)
CONTRAST = listed("but however aber pero mas mais però sino sondern")

GENERIC = listed(
    """
    nice great cool awesome amazing beautiful gorgeous stunning lovely cute pretty perfect wow omg love loved loving
    like good best super fab fabulous fantastic incredible wonderful sweet hot sexy dope sick fire lit goals yes yas
    yass yay pic pics picture photo photos shot shots post capture look looks looking feed page content vibes style view
    video vid work job one this that it is are so very such a an the i you your u ur my just really too much always
    absolutely totally both all these those omgg girl babe bro man dear hun queen king friend guys awww aww aw oh ohh
    hey hi hello happy yum yummy delicious adorable precious magical dreamy epic classy elegant handsome favorite fave
    gorg stunner thanks thank thankyou agree true exactly same haha hahaha lol me too and of to for in on what how well
    done keep up congrats congratulations welcome cutie cuties beauty brilliant excellent superb lush more as ever yeah
    bravo linda lindo hermosa hermoso bella bello preciosa guapa guapo que bonita bonito qué muy me encanta amo foto
    fotos divina maravilhosa maravilhoso amei adorei perfeita top demais muito lindas lindos gata
    belle beau magnifique superbe sublime trop j'adore canon jolie bellissima bellissimo stupenda stupendo bellissime
    meravigliosa sei brava bravissima complimenti adoro
    schön schöne schönes wunderschön toll tolles tolle mega sehr bild mooi mooie prachtig leuk heel geweldig gezellig
    """
)
"""Words of praise that could stand under any post."""
FRIEND = listed(
    """we us you u ur our look looks this remember let's lets omg same literally mood dying check see read watch lol
    haha hahaha hahahaha need should next goals yes guess tag mira somos vamos guarda andiamo regarde schau guck kijk
    olha bora nosotras tenemos dobbiamo us"""
)
"""Words that go with a name when a friend is shown a post."""
REPLY = listed(
    """thank thanks thankyou thankyouu thx ty tysm gracias obrigada obrigado merci danke grazie bedankt dank glad
    welcome appreciate sorry hope bless aww aw"""
)
"""Words that go with a name when somebody is answered."""
