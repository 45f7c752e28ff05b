namespace Parley.Assistant.Languages;

internal static class French
{
    public static Language Language { get; } = new("fr", Triggers(), Phrases(), Vocabulary());

    private static Triggers Triggers() => new()
    {
        Greeting = ["bonjour", "salut", "bonsoir", "coucou"],
        HowAreYou = ["comment ça va", "ça va", "comment vas tu", "comment allez vous"],
        Identity = ["qui es tu", "qui êtes vous", "comment tu t'appelles", "comment t'appelles tu", "comment vous appelez vous", "quel est ton nom", "quel est votre nom", "présente toi"],
        Abilities = ["que peux tu faire", "que sais tu faire", "que pouvez vous faire", "aide moi", "aide"],
        Time = ["quelle heure", "l'heure"],
        Date = ["quel jour", "quelle date", "quelle est la date", "la date", "quelle année"],
        Image = ["que vois tu", "qu'est ce que tu vois", "que voyez vous", "tu vois", "sur l'image", "l'image", "cette image", "la photo", "cette photo", "quelle couleur", "quelles couleurs", "la caméra"],
        Thanks = ["merci", "merci beaucoup"],
        Goodbye = ["au revoir", "à bientôt", "à plus tard", "bonne nuit", "adieu"],
        Stop = ["stop", "arrête", "arrêtez", "silence", "ça suffit", "attends", "attendez", "laisse tomber", "annule", "oublie"],
        Repeat = ["répète après moi", "répétez après moi", "répète", "répétez", "dis", "dites"],
        RepeatLast = ["ça", "cela", "encore", "encore une fois", "s'il te plaît", "s'il vous plaît"],
        Spell = ["épelle le mot", "épelle", "épelez", "comment s'écrit"],
        Count = ["compte à rebours de", "compte à rebours à partir de", "compte de", "compte jusqu'à", "comptez jusqu'à", "compte", "comptez"],
        CountDown = ["à rebours"],
        SaidFirst = ["qu'est ce que j'ai dit en premier", "qu'ai je dit en premier"],
        SaidLast = ["qu'est ce que j'ai dit", "qu'ai je dit"],
        Long = ["en détail", "longuement", "parle un moment", "continue à parler", "longue réponse"],
        Story = ["une histoire", "une longue histoire", "un conte"],
        Calculate = ["combien font", "combien fait", "combien ça fait", "quel est le résultat de", "calcule", "calculez", "dis moi", "et", "bonjour", "égale"],
        Please = ["s'il te plaît", "s'il vous plaît", "peux tu", "pouvez vous", "pourrais tu", "bonjour", "et", "alors"],
        Pardon = ["pardon", "comment", "encore une fois", "qu'est ce que tu as dit", "qu'as tu dit", "je n'ai pas compris", "excuse moi", "excusez moi"],
        Slower = ["plus lentement", "moins vite", "trop vite"],
        Joke = ["une blague", "une autre blague", "quelque chose de drôle"],
        HearMe = ["tu m'entends", "vous m'entendez", "m'entends tu", "m'entendez vous", "es tu là", "tu es là"],
        Feedback = ["oui", "non", "d'accord", "bien", "très bien", "super", "parfait", "je vais bien", "ça va bien", "non merci"],
        Read = ["lis le texte", "lis ça", "lis cela", "lis moi", "qu'est ce qui est écrit", "qu'est ce que ça dit", "peux tu lire"],
    };

    private static Phrases Phrases() => new()
    {
        Greeting = "Bonjour ! Je suis {0}. Que puis-je faire pour vous ?",
        Identity = "Je suis {0}, l'assistant intégré de ce serveur Parley. Je suis des règles fixes, sans modèle de langage.",
        Abilities = "Je sais donner l'heure et la date, calculer, compter, épeler, répéter vos paroles, mesurer les couleurs d'une image, raconter une blague ou une longue histoire et appeler les fonctions déclarées par votre programme.",
        HowAreYou = "Toutes mes règles sont en place, merci. Et vous, comment allez-vous ?",
        Thanks = "Je vous en prie.",
        Goodbye = "Au revoir ! C'était un plaisir de parler avec vous.",
        Stop = "Très bien, je m'arrête.",
        Time = "Il est {0} UTC.",
        Date = "Nous sommes le {0} {1} {2} {3}.",
        Sum = "Cela fait {0}.",
        DivisionByZero = "Il faudrait diviser par zéro, et c'est impossible.",
        NumberTooLarge = "Ce nombre est trop grand pour que je le calcule exactement.",
        NoRealResult = "Ce calcul n'a pas de résultat réel.",
        CountLimit = "Je compte au plus {0} nombres à la fois.",
        Spelling = "{0} s'écrit {1}.",
        SaidFirst = "La première chose que vous avez dite est : {0}",
        EarliestKnown = "La plus ancienne chose dont je me souviens est : {0}",
        SaidLast = "Juste avant, vous avez dit : {0}",
        NothingSaid = "Vous n'avez encore rien dit avant cela.",
        Image = "Je vois une image de {0} sur {1} pixels. Couleurs principales : {2}. Elle est {3}. Je mesure seulement la taille et les couleurs, je ne peux pas dire ce qu'elle montre.",
        NoImage = "Je n'ai pas encore reçu d'image.",
        ImageTooLarge = "L'image dépasse 4096 sur 4096 pixels, je ne l'ai donc pas ouverte.",
        ImageUnreadable = "J'ai reçu une image mais je n'ai pas pu la lire. Je comprends JPEG et PNG.",
        Fallback = "J'ai entendu : {0} Je suis l'assistant intégré, sans modèle de langage, je ne peux rien en dire de plus.",
        SpeechWithoutWords = "Je vous ai entendu parler environ {0} secondes, mais aucune reconnaissance vocale n'est configurée ici, donc je ne connais pas les mots. Écrivez votre question et j'y répondrai volontiers.",
        NothingHeard = "J'écoute, mais je n'ai encore rien entendu.",
        UnknownFunction = "Aucune fonction nommée {0} n'est déclarée, je ne l'ai donc pas appelée.",
        BadArguments = "Les arguments de {0} ne forment pas un objet JSON valide, je ne l'ai donc pas appelée.",
        AskArgument = "Que dois-je prendre comme {0} pour {1} ?",
        Result = "La fonction {0} a répondu : {1}.",
        ResultEmpty = "La fonction {0} a terminé.",
        Failure = "La fonction {0} a échoué : {1}.",
        Slowly = "Lentement : {0}",
        HearMe = "Oui, je vous entends. Que puis-je faire pour vous ?",
        Acknowledge = "Très bien. Que puis-je faire d'autre pour vous ?",
        Read = "Il est écrit : {0}",
        ReadNothing = "J'ai cherché du texte dans l'image et n'en ai pas trouvé que je puisse lire.",
        NoReader = "Je ne peux pas lire de texte dans les images ici, car aucun lecteur de texte n'est installé.",
        Unchanged = "Elle ressemble à l'image précédente.",
        ChangedLittle = "Elle diffère un peu de l'image précédente.",
        Changed = "Elle diffère nettement de l'image précédente.",
        Jokes = ["Pourquoi le micro a-t-il quitté le haut-parleur ? Il ne se sentait jamais écouté.", "Je connais une blague sur le silence, mais vous la prendriez pour la fin de ma phrase.", "Mon premier mot était zéro. Depuis, je suis tout de même arrivé à un."],
    };

    private static Vocabulary Vocabulary() => new()
    {
        And = "et",
        DecimalSeparator = ',',
        Weekdays = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
        Months = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
        Colours = ["noir", "blanc", "gris", "rouge", "orange", "jaune", "vert", "turquoise", "bleu", "violet", "rose", "brun"],
        Brightness = ["sombre", "moyennement claire", "claire"],
        SmallNumbers = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf", "vingt"],
        Tens = ["vingt", "trente", "quarante", "cinquante", "soixante"],
        Operators =
        [
            ("plus", '+'), ("moins", '-'), ("fois", '*'), ("multiplié par", '*'), ("divisé par", '/'), ("sur", '/'), ("puissance", '^'),
            ("au carré", '²'), ("racine de", '√'), ("racine carrée de", '√'), ("modulo", '%'), ("pour cent de", '‰'),
        ],
    };
}
