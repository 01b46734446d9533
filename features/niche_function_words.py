"""Words that hold sentences together in a dozen languages: they speak of no subject, whatever they mean elsewhere.

French "dans" (in) is Dutch for dance, Spanish "para" (for) Turkish for money, German "für" without its dots is fur.
Written for this project from common knowledge.
"""

from __future__ import annotations

from features.niche_text import words_of

FUNCTION_WORDS = words_of(
    # English
    "a an the and or but nor if then than so as of in on at to for from by with without into onto over under about "
    "after before between through during since until while i me my mine we us our ours you your yours he him his she "
    "her hers it its they them their theirs this that these those who whom whose which what when where why how all "
    "any both each few more most other some such no not only own same too very can could may might must shall should "
    "will would do does did done doing be am is are was were been being have has had having one ones also just even "
    "still yet again ever never here there now up down out off let lets get got gets make makes made please thanks "
    # German
    "der die das den dem des ein eine einen einem einer eines und oder aber sondern denn mit ohne für gegen um von vom "
    "zu zum zur im in am an auf aus bei beim nach über unter vor hinter neben zwischen seit bis durch wir ihr sie es "
    "ich du er uns unser unsere unseren unserem unserer euch euer eure euren eurem eurer mein meine dein deine sein "
    "seine ihre ihren man ist sind war waren wird werden wurde hat haben hatte kann können muss müssen soll sollen "
    "will wollen nicht kein keine keinen auch nur noch schon wie was wer wo wann warum wenn dass als so sehr mehr "
    "jede jeden jedes jeder jedem alle alles diese dieser dieses etwas "
    # French
    "le la les un une des du de dans en pour par sur sous avec sans chez vers entre depuis pendant nos notre votre "
    "vos leur leurs mon ma mes ton ta tes son sa ses qui que quoi dont où et ou mais donc ni si ne pas plus moins "
    "très aussi bien comme tout tous toute toutes ce cet cette ces se je tu il elle on nous vous ils elles est sont "
    "était être avoir ont a fait faire peut au aux "
    # Spanish
    "el los las unos del y e o u con sin para por desde hasta entre sobre que como cuando donde quien quienes "
    "cual más menos muy también pero aunque si no ya su sus tu tus mi mis nuestro nuestra nuestros nuestras vuestro "
    "vuestra este esta estos estas ese esa eso lo le les se al es son ser era está están hay ha han tiene tienen "
    # Portuguese
    "o os as um uma uns umas do da dos das em no na nos nas ao aos à às pela pelas com sem até quando onde "
    "quem qual mais menos muito muita também mas porém seu sua seus suas meu minha nosso nossa nossos nossas isso isto "
    "este esta é são foi ser está estão tem têm "
    # Italian
    "il lo gli i un uno di del dello della dei degli delle nel nella nei nelle al allo alla alle dal dalla sul "
    "sulla con senza per tra fra che chi come quando dove quale più meno molto molta anche ma però suo sua suoi sue "
    "mio mia nostro nostra nostri nostre questo questa questi queste quello quella è sono era essere ha hanno si ci "
    # Dutch
    "de het een en of maar want met zonder voor van naar bij uit om te tot op onder over tussen sinds dat die dit deze "
    "ik jij je hij zij wij we ons onze jullie hun mijn jouw zijn is was waren wordt worden heeft hebben had kan "
    "kunnen moet niet geen ook nog al zo wat wie waar wanneer hoe als dan er meer veel "
    # Polish, Turkish, Indonesian
    "i w we z ze na do od dla po przez przy oraz lub ale czy nie tak to ten ta te co kto gdzie kiedy jak jest są był "
    "się mi mój nasz nasza nasze ve ile için bir bu şu o da de mi ne kim nasıl çok daha en gibi ama veya bizim sizin "
    "dan yang di ke dari untuk dengan ini itu adalah tidak juga atau kami kita kamu anda saya"
)
"""Folded, as captions are."""
