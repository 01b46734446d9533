"""What words of other languages say: our own short lists, so that praise and anger under posts are understood there
too.
A text in a language without a list is not understood, unless emoji speak for it; its sentiment is then missing, never
neutral. Valences are on the scale of VADER (-4 to 4). A phrase of several words is written with underscores.
"""

from __future__ import annotations

from features.comments_foreign_more import MORE_BOOSTERS, MORE_NEGATIONS, STEMS, WORDS

_FOREIGN: dict[str, dict[float, str]] = {
    "es": {
        3.0: """encanta encantan encantó encanto amo amé adoro hermosa hermoso hermosas hermosos preciosa precioso
            preciosas preciosos bellísima bellisima guapísima guapisima hermosísima espectacular maravilla maravillosa
            maravilloso increíble increible impresionante perfecta perfecto fantástica fantástico fantastico genial
            divina divino espectaculares excelente buenísimo buenisimo recomiendo recomendado recomendadísimo mejor
            delicioso riquísimo felicidades enhorabuena obsesionada felicitaciones reina diosa brutal fenomenal""",
        2.0: """linda lindo lindas lindos guapa guapo guapas bella bello bellas bonita bonito bonitas bonitos rica rico
            bueno buena buenas bien feliz gracias gusta gustan gustó guay chula chulo chido padrísimo bacano bacán mola
            molan super súper éxito exitos abrazo besos belleza bravo crack grande top alegría sonrisa vale_la_pena
            lo_quiero lo_necesito la_quiero no_puedo_esperar necesito quiero la_necesito felices ideal ideales
            elegante menos_mal amor""",
        -1.5: """caro cara_de carísimo carisimo lento pequeño incómodo aburrido triste extraño raro rara regular
            decepción decepcionada decepcionado decepcionante desilusión falta tarde problema problemas roto rota
            defectuoso mal mala malo malas malos peor vergüenza pena no_vale_la_pena""",
        -2.8: """odio feo fea feos horrible horrorosa horroroso pésimo pesimo pésima terrible asco asqueroso basura
            estafa estafador estafadores fraude engaño mentira mentiras mentirosa robo ladrones mierda porquería
            porqueria inútil peor_compra nunca_llegó nunca_llego no_llegó no_llego no_funciona no_sirve se_rompió
            se_rompio dinero_tirado no_lo_compren no_compren devolución reembolso rompió rompio falso falsa idiota
            estúpido ridículo ridícula""",
    },
    "pt": {
        3.0: """amo amei adoro adorei maravilhosa maravilhoso maravilhosas maravilhosos perfeita perfeito perfeitas
            lindíssima belíssima espetacular incrível incrivel sensacional fantástico fantástica excelente ótimo ótima
            otimo otima arrasou arrasa arrasando diva deusa rainha melhor apaixonada apaixonado delícia delicia
            deliciosa gostoso recomendo parabéns parabens show top_demais demais musa poderosa""",
        2.0: """linda lindo lindas lindos bonita bonito bela belo gata gato gostei legal bacana boa bom bem feliz
            obrigada obrigado sucesso beijo beijos bjs beleza fofa fofo fofos chique chiquérrima top massa preciso quero
            vale_a_pena necessito queria alegria sorriso saudade saudades gostosa amor""",
        -1.5: """caro caríssimo carissimo lento pequeno desconfortável chato chata triste estranho ruim decepção
            decepcionada decepcionado decepcionante falta atraso problema problemas quebrado quebrada defeito defeituoso
            mal pior vergonha pena não_vale_a_pena""",
        -2.8: """odeio odiei feio feia horrível horrivel horrorosa péssimo péssima pessimo terrível nojo nojento lixo
            golpe golpista fraude enganação mentira mentirosa roubo ladrões merda porcaria inútil nunca_chegou
            não_chegou nao_chegou não_funciona nao_funciona não_presta quebrou dinheiro_jogado não_comprem nao_comprem
            reembolso falso falsa idiota ridículo ridícula""",
    },
    "fr": {
        3.0: """adore adoré j'adore adorable magnifique magnifiques sublime sublimes superbe superbes splendide parfait
            parfaite parfaits merveilleux merveilleuse incroyable génial géniale genial excellent excellente
            extraordinaire canon fabuleux fabuleuse fantastique exceptionnel délicieux délicieuse trop_belle trop_beau
            félicitations meilleur meilleure recommande fan love ravissante somptueux somptueuse tuerie impeccable""",
        2.0: """j'aime aime aimé belle beau beaux belles jolie joli jolis jolies mignon mignonne mignons bon bonne bien
            heureux heureuse merci bravo cool top sympa super hâte classe élégante élégant bisous beauté chouette
            j'en_veux je_veux il_me_faut stylé stylée douce doux contente content ravie ravi ça_vaut_le_coup réussi""",
        -1.5: """cher chère trop_cher lent petit inconfortable ennuyeux triste bizarre déçu déçue décevant décevante
            deception déception manque retard problème problèmes cassé cassée défectueux mal mauvais mauvaise pire honte
            dommage bof nul nulle_part pas_terrible""",
        -2.8: """déteste moche moches laid laide horrible affreux affreuse nul nulle nuls terrible dégoûtant degueulasse
            dégueulasse poubelle arnaque arnaques arnaqueur arnaqueurs fraude mensonge menteuse menteur vol voleurs
            merde merdique inutile jamais_reçu jamais_arrivé pas_reçu pas_arrivé ne_marche_pas marche_pas
            ne_fonctionne_pas remboursement à_fuir fuyez faux fausse idiot ridicule honteux""",
    },
    "de": {
        3.0: """liebe lieben geliebt traumhaft traumhafte traumhaftes wunderschön wunderschöne wunderschönes
            wunderschöner wundervoll wundervolle wunderbar wunderbare perfekt perfekte perfektes fantastisch hammer mega
            genial geniale unglaublich großartig grossartig ausgezeichnet hervorragend atemberaubend bezaubernd
            zauberhaft beste bester bestes lieblings begeistert empfehle empfehlenswert weiterempfehlen glückwunsch
            herrlich krass wow klasse spitze bombe grandios verliebt köstlich""",
        2.0: """schön schöne schönes schöner schönen schönste toll tolle tolles toller tollen gut gute guter gutes guten
            super hübsch hübsche süß süße süßes süss süsse lecker cool coole cooles cooler geil nett nice mag gefällt
            gefallen freue freut glücklich danke dankeschön gerne gern schick stylisch elegant lustig witzig top brauche
            will_ich haben_will lohnt_sich zufrieden richtig_gut liebsten gemütlich respekt stark""",
        -1.5: """teuer zu_teuer überteuert langsam klein unbequem langweilig traurig komisch seltsam enttäuscht
            enttäuschend enttäuschung leider fehlt verspätet problem probleme kaputt defekt schlecht schlechte
            schlechter schlechtes schlimm schade peinlich übertrieben nervt nervig lohnt_sich_nicht""",
        -2.8: """hasse hässlich hässliche hässliches furchtbar schrecklich grauenhaft eklig ekelhaft müll schrott betrug
            betrüger abzocke lüge lügen lügner diebe scheiße scheisse scheiß beschissen nutzlos wertlos nie_angekommen
            nicht_angekommen funktioniert_nicht geht_nicht geld_zurück rausgeschmissenes_geld finger_weg fake idiot
            idiotisch lächerlich schlechteste schlimmste widerlich""",
    },
    "it": {
        3.0: """adoro amo amato stupenda stupendo stupende stupendi bellissima bellissimo bellissime bellissimi
            meravigliosa meraviglioso meravigliose meraviglia splendida splendido splendide splendidi perfetta perfetto
            perfette fantastica fantastico incredibile favolosa favoloso eccezionale spettacolare spettacolo magnifica
            magnifico ottimo ottima eccellente divina divino incantevole strepitosa strepitoso migliore consiglio
            consigliato innamorata innamorato delizioso deliziosa complimenti bravissima bravissimo buonissimo
            buonissima top fantastici geniale affascinante""",
        2.0: """bella bello belli belle carina carino carini carine buona buono buoni bravo brava bravi felice grazie
            piace piacciono piaciuto dolce dolcissima dolcissimo tesoro bene super simpatica elegante sorriso bellezza
            figata figo figa forte voglio lo_voglio mi_serve la_voglio vale_la_pena contenta contento non_vedo_l'ora
            auguri amore gustoso raffinata gran grande""",
        -1.5: """costoso caro_prezzo troppo_caro lento piccolo scomodo noioso noiosa triste strano delusa deluso
            deludente delusione purtroppo manca ritardo problema problemi rotto rotta difettoso male cattivo peggio
            peggiore vergogna peccato non_vale""",
        -2.8: """odio brutto brutta brutti orribile orrendo pessimo pessima terribile schifo schifoso schifezza
            fa_schifo spazzatura truffa truffatori truffatore frode bugia bugie bugiarda ladri merda inutile
            mai_arrivato mai_arrivata non_arrivato non_arrivata non_funziona si_è_rotto si_è_rotta soldi_buttati
            rimborso falso falsa idiota ridicolo ridicola disgustoso vomitevole""",
    },
    "nl": {
        3.0: """prachtig prachtige geweldig geweldige fantastisch fantastische perfect perfecte schitterend schitterende
            fabelachtig heerlijk heerlijke zalig zalige beste hou_van houd_van verliefd aanrader top toppie superleuk
            supermooi beeldschoon gefeliciteerd wauw supergaaf waanzinnig""",
        2.0: """mooi mooie mooier mooiste leuk leuke leuker lekker lekkere goed goede gaaf gave tof toffe gezellig lief
            lieve knap knappe blij dank bedankt dankjewel super cool fijn fijne schattig schattige stoer wil_ik nodig
            tevreden vrolijk""",
        -1.5: """duur te_duur traag klein ongemakkelijk saai verdrietig vreemd teleurgesteld teleurstellend
            teleurstelling helaas probleem problemen kapot defect slecht slechte jammer stom stomme vervelend""",
        -2.8: """haat lelijk lelijke vreselijk verschrikkelijk afschuwelijk walgelijk vies rotzooi troep oplichting
            oplichters oplichter leugen leugens dieven kut klote waardeloos waardeloze nutteloos nooit_aangekomen
            niet_aangekomen werkt_niet geld_terug nep idioot belachelijk slechtste""",
    },
}  # fmt: skip

_NEGATIONS = {
    "es": "no nunca ni jamás nada sin tampoco",
    "pt": "não nao nunca nem jamais nada sem n",
    "fr": "pas jamais ni rien sans plus_du_tout aucun aucune",
    "de": "nicht kein keine keinen keiner nie niemals ohne nichts",
    "it": "non mai né niente nulla senza nessun nessuna",
    "nl": "niet geen nooit zonder niks niets",
}
_BOOSTERS = {
    "es": "muy tan super súper demasiado re bastante más tanto",
    "pt": "muito tão super demais mais tanto bem mto",
    "fr": "très trop tellement super vraiment si hyper plus",
    "de": "sehr so richtig total mega echt wirklich super voll ganz",
    "it": "molto così tanto troppo davvero super proprio più",
    "nl": "heel erg zo echt super mega ontzettend",
}

_FOREIGN |= WORDS
_NEGATIONS |= MORE_NEGATIONS
_BOOSTERS |= MORE_BOOSTERS
NEGATION_FOLLOWS = frozenset({"de", "nl", "fr", "tr"})
"""Languages whose negations may stand behind what they negate."""
COVERED: tuple[str, ...] = tuple(dict.fromkeys([*_FOREIGN, *STEMS]))
"""Languages with a list here; English has the lexica."""


def _said(word: str) -> str:
    return word.replace("_", " ")


FOREIGN_VALENCE: dict[str, dict[str, float]] = {
    code: {
        _said(word): valence
        for valence, block in _FOREIGN.get(code, {}).items()
        for word in block.split()
        if "_" not in word
    }
    for code in COVERED
}
FOREIGN_PHRASES: dict[str, float] = {
    _said(word): valence
    for lists in _FOREIGN.values()
    for valence, block in lists.items()
    for word in block.split()
    if "_" in word
}
FOREIGN_NEGATIONS: dict[str, frozenset[str]] = {code: frozenset(line.split()) for code, line in _NEGATIONS.items()}
FOREIGN_BOOSTERS: dict[str, frozenset[str]] = {code: frozenset(line.split()) for code, line in _BOOSTERS.items()}
