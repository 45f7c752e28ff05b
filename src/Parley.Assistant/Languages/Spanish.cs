namespace Parley.Assistant.Languages;

internal static class Spanish
{
    public static Language Language { get; } = new("es", Triggers(), Phrases(), Vocabulary());

    private static Triggers Triggers() => new()
    {
        Greeting = ["hola", "buenos días", "buenas tardes", "buenas"],
        HowAreYou = ["cómo estás", "como estas", "qué tal", "cómo está"],
        Identity = ["quién eres", "qué eres", "cómo te llamas", "quién es usted", "cuál es tu nombre", "preséntate"],
        Abilities = ["qué puedes hacer", "qué sabes hacer", "ayuda", "ayúdame"],
        Time = ["qué hora", "la hora"],
        Date = ["qué día", "qué fecha", "la fecha", "qué año"],
        Image = ["qué ves", "qué puedes ver", "ves", "en la imagen", "la imagen", "esta imagen", "la foto", "esta foto", "qué color", "qué colores", "la cámara"],
        Thanks = ["gracias", "muchas gracias"],
        Goodbye = ["adiós", "hasta luego", "hasta pronto", "buenas noches", "chao"],
        Stop = ["para", "alto", "basta", "silencio", "espera", "olvídalo", "cancela", "da igual"],
        Repeat = ["repite después de mí", "repite conmigo", "repite", "repita", "di", "diga"],
        RepeatLast = ["eso", "otra vez", "lo", "por favor"],
        Spell = ["deletrea la palabra", "deletrea", "deletree", "cómo se escribe"],
        Count = ["cuenta atrás desde", "cuenta hacia atrás desde", "cuenta desde", "cuenta de", "cuenta hasta", "cuente hasta", "cuenta"],
        CountDown = ["atrás"],
        SaidFirst = ["qué dije primero", "qué fue lo primero que dije"],
        SaidLast = ["qué dije", "qué he dicho", "qué acabo de decir"],
        Long = ["en detalle", "con detalle", "habla un rato", "sigue hablando", "respuesta larga"],
        Story = ["una historia", "un cuento", "una historia larga", "un cuento largo"],
        Calculate = ["cuánto es", "cuánto son", "cuanto es", "cuál es el resultado de", "calcula", "calcule", "dime", "y", "hola", "igual a"],
        Please = ["por favor", "puedes", "puede", "podrías", "podría", "hola", "y", "entonces"],
        Pardon = ["perdón", "perdona", "cómo", "otra vez", "qué has dicho", "qué dijiste", "no te he entendido", "no he entendido", "no entendí"],
        Slower = ["más despacio", "más lento", "demasiado rápido"],
        Joke = ["un chiste", "otro chiste", "algo gracioso"],
        HearMe = ["me oyes", "puedes oírme", "me escuchas", "estás ahí", "hay alguien"],
        Feedback = ["sí", "no", "vale", "bien", "muy bien", "genial", "perfecto", "estoy bien", "no gracias"],
        Read = ["lee esto", "lee eso", "lee el texto", "léelo", "qué dice", "qué pone", "qué está escrito", "puedes leer"],
    };

    private static Phrases Phrases() => new()
    {
        Greeting = "¡Hola! Soy {0}. ¿Qué puedo hacer por ti?",
        Identity = "Soy {0}, el asistente integrado de este servidor Parley. Sigo reglas fijas y no tengo un modelo de lenguaje.",
        Abilities = "Puedo decir la hora y la fecha, calcular, contar, deletrear, repetir lo que dices, medir los colores de una imagen, contar un chiste o una historia larga y llamar a las funciones que declara tu programa.",
        HowAreYou = "Todas mis reglas están en su sitio, gracias. ¿Y tú, cómo estás?",
        Thanks = "De nada.",
        Goodbye = "¡Adiós! Ha sido un placer hablar contigo.",
        Stop = "De acuerdo, me detengo.",
        Time = "Son las {0} UTC.",
        Date = "Hoy es {0}, {1} de {2} de {3}.",
        Sum = "El resultado es {0}.",
        DivisionByZero = "Habría que dividir entre cero, y eso no tiene respuesta.",
        NumberTooLarge = "Ese número es demasiado grande para calcularlo con exactitud.",
        NoRealResult = "Ese cálculo no tiene un número real como resultado.",
        CountLimit = "Cuento como mucho {0} números cada vez.",
        Spelling = "{0} se escribe {1}.",
        SaidFirst = "Lo primero que dijiste fue: {0}",
        EarliestKnown = "Lo más antiguo que recuerdo es: {0}",
        SaidLast = "Justo antes dijiste: {0}",
        NothingSaid = "Todavía no habías dicho nada antes de esto.",
        Image = "Veo una imagen de {0} por {1} píxeles. Colores principales: {2}. Es {3}. Solo mido el tamaño y los colores, no sé decir qué muestra.",
        NoImage = "Todavía no he recibido ninguna imagen.",
        ImageTooLarge = "La imagen supera los 4096 por 4096 píxeles, así que no la he abierto.",
        ImageUnreadable = "He recibido una imagen, pero no he podido leerla. Entiendo JPEG y PNG.",
        Fallback = "He oído: {0} Soy el asistente integrado, sin modelo de lenguaje, así que no puedo decir nada más sobre eso.",
        SpeechWithoutWords = "Te he oído hablar unos {0} segundos, pero aquí no hay reconocimiento de voz configurado, así que no sé qué dijiste. Escribe tu pregunta y la contestaré con gusto.",
        NothingHeard = "Te escucho, pero todavía no he oído nada.",
        UnknownFunction = "No hay ninguna función declarada con el nombre {0}, así que no la he llamado.",
        BadArguments = "Los argumentos de {0} no son un objeto JSON válido, así que no la he llamado.",
        AskArgument = "¿Qué debo usar como {0} para {1}?",
        Result = "La función {0} ha respondido: {1}.",
        ResultEmpty = "La función {0} ha terminado.",
        Failure = "La función {0} ha fallado: {1}.",
        Slowly = "Despacio: {0}",
        HearMe = "Sí, te oigo. ¿Qué puedo hacer por ti?",
        Acknowledge = "De acuerdo. ¿Qué más puedo hacer por ti?",
        Read = "Pone: {0}",
        ReadNothing = "He buscado texto en la imagen y no he encontrado ninguno que pueda leer.",
        NoReader = "Aquí no puedo leer texto en imágenes, porque no hay ningún lector de texto instalado.",
        Unchanged = "Se ve igual que la imagen anterior.",
        ChangedLittle = "Es un poco distinta de la imagen anterior.",
        Changed = "Es claramente distinta de la imagen anterior.",
        Jokes = ["¿Por qué dejó el micrófono al altavoz? Nunca se sentía escuchado.", "Sé un chiste sobre el silencio, pero lo tomarías por el final de mi frase.", "Mi primera palabra fue cero. Desde entonces al menos he llegado a uno."],
    };

    private static Vocabulary Vocabulary() => new()
    {
        And = "y",
        DecimalSeparator = ',',
        Weekdays = ["domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"],
        Months = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
        Colours = ["negro", "blanco", "gris", "rojo", "naranja", "amarillo", "verde", "turquesa", "azul", "morado", "rosa", "marrón"],
        Brightness = ["oscura", "de brillo medio", "clara"],
        SmallNumbers = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte"],
        Tens = ["veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"],
        Operators =
        [
            ("más", '+'), ("menos", '-'), ("por", '*'), ("multiplicado por", '*'), ("entre", '/'), ("dividido por", '/'), ("dividido entre", '/'),
            ("elevado a", '^'), ("al cuadrado", '²'), ("raíz de", '√'), ("raíz cuadrada de", '√'), ("módulo", '%'), ("por ciento de", '‰'),
        ],
    };
}
