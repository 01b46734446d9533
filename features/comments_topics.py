"""What a comment talks about: our own word classes for products, owning and buying, media and people.

Classes, not single words, so that what is learned on gadgets and cars carries over to clothes, beauty and food.
"""

from __future__ import annotations

from features.comments_words import listed

PRODUCT = listed(
    """
    product products item items model version brand brands device devices gadget gadgets tablet tablets phone phones
    laptop laptops computer pc netbook notebook screen screens display battery charger charging camera cameras lens
    lenses speaker speakers headphones earbuds keyboard mouse usb hdmi sd micro port ports slot storage memory ram
    processor cpu gpu core wifi bluetooth android ios windows honeycomb app apps software firmware update upgrade stylus
    pen case cover dock resolution pixels touchscreen touch hardware specs spec feature features functions
    car cars engine engines hp horsepower torque turbo mpg mileage gas diesel petrol hybrid suv sedan coupe wagon truck
    bike motorcycle wheel wheels rims tires tyres seats seat interior exterior exhaust clutch gearbox transmission
    brakes steering handling awd rwd fwd 4wd driving drive fuel trunk dashboard
    dress dresses skirt skirts jeans pants trousers leggings shorts shirt shirts tee tshirt t-shirt top tops blouse
    sweater sweaters hoodie jacket jackets coat coats blazer suit swimsuit bikini bra lingerie shoe shoes sneakers boots
    heels sandals bag bags purse backpack wallet hat hats cap scarf gloves belt sunglasses glasses shades watch watches
    ring rings necklace earrings bracelet jewelry jewellery outfit fabric cotton leather silk size sizes sizing fits
    stitching serum cream moisturizer moisturiser lotion cleanser toner mask masks sunscreen spf lipstick lipsticks
    gloss mascara eyeliner eyeshadow palette foundation concealer blush highlighter primer brush brushes perfume
    fragrance scent shampoo conditioner oil soap makeup skincare ingredients formula shade shades pigment
    vitamins supplement supplements protein powder gummies snack snacks chocolate coffee tea drink juice wine beer sauce
    recipe flavor flavour flavors taste tastes bottle mug cup blender pan oven
    sofa couch chair table lamp rug curtains mattress bed pillow pillows blanket duvet wallpaper candle vase shelf desk
    toy toys stroller crib diapers leash collar kibble
    quality price prices pricing cost costs size weight colour color colors colours material materials design build
    durable warranty packaging package box shipping delivery discount sale coupon promo stock
    producto productos marca bolso zapatos vestido falda camisa pantalones precio talla calidad tela bolsa móvil coche
    produto produtos sapato sapatos saia calça blusa preço tamanho qualidade tecido celular carro bota tênis
    produit produits marque sac chaussures robe jupe chemise pantalon prix taille qualité tissu téléphone voiture bottes
    produkt produkte marke tasche schuhe kleid rock hemd hose preis größe qualität stoff handy auto jacke pulli mantel
    prodotto prodotti borsa scarpe vestito gonna camicia pantaloni prezzo taglia qualità tessuto telefono macchina
    cappotto kaos celana baju tas barang elbise ayakkabı çanta ürün платье сумка качество sukienka torebka buty kurtka
    tas schoenen jurk rok broek jas trui prijs maat kwaliteit merk
    """
)
BRAND = listed(
    """
    apple ipad iphone ipod macbook mac samsung galaxy google nexus pixel microsoft surface xbox playstation nintendo
    sony lg htc nokia motorola xoom huawei xiaomi oneplus lenovo thinkpad asus acer iconia dell hp toshiba thrive archos
    kindle nook amazon playbook blackberry transformer tegra nvidia intel amd canon nikon gopro fuji dji bose jbl beats
    dyson philips audi bmw mercedes benz vw volkswagen porsche toyota honda civic nissan mazda subaru impreza sti wrx
    mitsubishi evo hyundai kia ford mustang chevy chevrolet camaro dodge gm tesla volvo saab jaguar jag rover landrover
    opel vauxhall fiat alfa ferrari lamborghini lambo lotus bentley lexus infiniti acura suzuki kawasaki yamaha ducati
    harley peugeot renault citroen skoda seat ssangyong
    nike adidas puma reebok converse vans zara h&m mango asos shein boohoo uniqlo gap levis gucci prada chanel dior
    hermes lv vuitton balenciaga versace fendi burberry ysl coach rolex cartier pandora rayban sephora ulta mac nars
    maybelline loreal l'oreal fenty kylie nyx tarte clinique estee lancome olay nivea dove garnier neutrogena cerave
    glossier ordinary lush nespresso starbucks nestle coke pepsi redbull ikea target walmart costco ebay etsy bestbuy
    staples currys
    """
)
OWNING = listed(
    """
    buy buying bought buys purchase purchased purchasing order ordered ordering own owned owner owners owns mine sell
    selling sold returned return exchange use used uses using wear wearing wore try tried trying tested received arrived
    shipped ship ships afford spend spent pay paid worth cheaper cheap expensive pricey overpriced affordable recommend
    prefer better than vs versus compared compare instead replace replaced replacement upgrade upgraded broke broken fix
    works worked working
    comprar compré compro comprei pedido acheter acheté commandé commander kaufen gekauft bestellt bestellen comprare
    comprato ordinato kopen gekocht besteld
    """
)
MEDIA = listed(
    """
    video videos vid vids clip review reviews reviewer reviewing reviewed commercial commercials ad ads advert
    advertisement advertising song songs music soundtrack track singer band channel channels subscribe subscribed
    subscriber subscribers views view viewers watch watched watching youtube upload uploaded comment comments commenting
    thumbs liked dislikes likes vlog tutorial unboxing episode series show movie film scene actor actress acting
    director narrator voice accent audio sound microphone mic editing edit edited footage quality-video 720p 1080p
    hd-video intro outro minute seconds post posts posting photo photos pic pics picture pictures pictured shot shots
    capture caption feed gallery page account profile insta instagram ig blog blogger influencer story stories reel
    reels selfie content tiktok live vídeo canal foto fotos vidéo chaîne bild kanal immagine publication beitrag filmpje
    """
)
PEOPLE = listed(
    """
    you your you're youre yours u ur ya yall y'all yourself he she him her his hers he's she's hes shes guy guys dude
    man woman girl girls boy lady babe bro sis queen king hun hunny honey sweetie sweetheart darling dear girlfriend
    mama mom model face eyes smile hair body skin legs abs beard tattoo makeup-look voice accent personality family baby
    kids daughter son husband wife couple
    tu tú tus eres usted você vc teu sua és vous ton ta tes du dich dein deine deinen sei sono tuo tua jij je jouw
    ты тебя тебе твой твоя sen sana senin kak kakak kamu tum aap bhai canım abla ikaw eres du ihr
    """
)
MEASURES = listed(
    "gb mb tb ghz mhz mah mp inch inches lbs lb kg kgs oz ml mm cm ft hp mph kmh km mpg rpm watt watts volts hz fps "
    "dollars dollar usd eur euro euros pounds quid bucks percent"
)

TOPICS: dict[str, frozenset[str]] = {
    "product": PRODUCT, "brand": BRAND, "owning": OWNING, "media": MEDIA, "people": PEOPLE, "measures": MEASURES,
}  # fmt: skip
