namespace Parley.Assistant.Languages;

internal static class German
{
    public static Language Language { get; } = new("de", Triggers(), Phrases(), Vocabulary());

    private static Triggers Triggers() => new()
    {
        Greeting = ["hallo", "guten tag", "guten morgen", "guten abend", "servus", "moin", "grüß gott", "grüezi"],
        HowAreYou = ["wie geht es dir", "wie geht's", "wie geht es ihnen"],
        Identity = ["wer bist du", "was bist du", "wie heißt du", "wer sind sie", "wie heißen sie", "dein name", "ihr name", "stell dich vor"],
        Abilities = ["was kannst du", "was können sie", "hilfe", "hilf mir"],
        Time = ["wie spät", "wie viel uhr", "wieviel uhr", "welche uhrzeit", "die uhrzeit"],
        Date = ["welcher tag", "welches datum", "welchen tag", "der wievielte", "den wievielten", "das datum", "welches jahr"],
        Image = ["was siehst du", "was sehen sie", "siehst du", "auf dem bild", "das bild", "dieses bild", "auf dem foto", "das foto", "welche farbe", "welche farben", "die kamera"],
        Thanks = ["danke", "danke schön", "dankeschön", "vielen dank"],
        Goodbye = ["tschüss", "tschüß", "auf wiedersehen", "bis bald", "bis später", "gute nacht", "ciao"],
        Stop = ["stopp", "stop", "halt", "sei still", "hör auf", "genug", "warte", "vergiss es", "egal", "abbrechen", "schon gut"],
        Repeat = ["sprich mir nach", "wiederhole bitte", "wiederhole", "wiederholen sie", "sag bitte", "sag", "sage", "sagen sie"],
        RepeatLast = ["das", "es", "das noch einmal", "noch einmal", "bitte", "das bitte", "dich"],
        Spell = ["buchstabiere das wort", "buchstabiere bitte", "buchstabiere", "buchstabieren sie", "wie schreibt man"],
        Count = ["zähle rückwärts von", "zähle von", "zähle bis", "zähl bis", "zähl von", "zählen sie bis", "zähle", "zähl"],
        CountDown = ["rückwärts"],
        SaidFirst = ["was habe ich zuerst gesagt", "was habe ich als erstes gesagt"],
        SaidLast = ["was habe ich zuletzt gesagt", "was habe ich gesagt", "was habe ich gerade gesagt"],
        Long = ["ausführlich", "im detail", "rede eine weile", "rede weiter", "sprich eine weile", "lange antwort"],
        Story = ["eine geschichte", "eine lange geschichte", "ein märchen"],
        Calculate = ["was ist", "was sind", "wie viel ist", "wieviel ist", "wie viel sind", "was ergibt", "was macht", "wie viel macht", "rechne", "berechne", "sag mir", "ergibt", "gleich", "und", "hallo", "bitte"],
        Please = ["bitte", "kannst du", "kannst du bitte", "könntest du", "könntest du bitte", "können sie", "würdest du", "hallo", "und", "dann"],
        Pardon = ["wie bitte", "entschuldigung", "noch einmal", "nochmal", "was hast du gesagt", "was", "das habe ich nicht verstanden", "ich habe dich nicht verstanden", "ich habe das nicht verstanden"],
        Slower = ["langsamer", "zu schnell"],
        Joke = ["einen witz", "noch einen witz", "etwas lustiges"],
        HearMe = ["hörst du mich", "kannst du mich hören", "bist du da", "hören sie mich", "das ist ein test"],
        Feedback = ["ja", "nein", "okay", "gut", "sehr gut", "prima", "schön", "toll", "mir geht es gut", "nein danke", "ach so"],
        Read = ["lies das", "lies den text", "lies vor", "lies das vor", "was steht da", "was steht dort", "was steht darauf", "kannst du das lesen"],
    };

    private static Phrases Phrases() => new()
    {
        Greeting = "Hallo! Ich bin {0}. Was kann ich für dich tun?",
        Identity = "Ich bin {0}, der eingebaute Assistent dieses Parley-Servers. Ich folge festen Regeln, ein Sprachmodell habe ich nicht.",
        Abilities = "Ich kann Uhrzeit und Datum nennen, rechnen, zählen, buchstabieren, nachsprechen, die Farben eines Bildes messen, einen Witz oder eine lange Geschichte erzählen und die Funktionen aufrufen, die dein Programm anmeldet.",
        HowAreYou = "Alle meine Regeln sitzen, danke. Und wie geht es dir?",
        Thanks = "Gern geschehen.",
        Goodbye = "Auf Wiederhören! Es war schön, mit dir zu sprechen.",
        Stop = "Gut, ich höre auf.",
        Time = "Es ist {0} Uhr UTC.",
        Date = "Heute ist {0}, der {1}. {2} {3}.",
        Sum = "Das macht {0}.",
        DivisionByZero = "Da müsste ich durch null teilen, und das geht nicht.",
        NumberTooLarge = "Diese Zahl ist zu groß, um sie genau auszurechnen.",
        NoRealResult = "Diese Rechnung hat keine reelle Zahl als Ergebnis.",
        CountLimit = "Ich zähle höchstens {0} Zahlen auf einmal.",
        Spelling = "{0} schreibt man {1}.",
        SaidFirst = "Zuerst hast du gesagt: {0}",
        EarliestKnown = "Das Früheste, woran ich mich erinnere, ist: {0}",
        SaidLast = "Davor hast du gesagt: {0}",
        NothingSaid = "Davor hast du noch nichts gesagt.",
        Image = "Ich sehe ein Bild mit {0} mal {1} Bildpunkten. Es ist vor allem {2}, und {3}. Ich messe nur Größe und Farben und kann nicht benennen, was es zeigt.",
        NoImage = "Ich habe noch kein Bild bekommen.",
        ImageTooLarge = "Das Bild ist größer als 4096 mal 4096 Bildpunkte, deshalb habe ich es nicht geöffnet.",
        ImageUnreadable = "Ich habe ein Bild bekommen, konnte es aber nicht lesen. Ich verstehe JPEG und PNG.",
        Fallback = "Ich habe gehört: {0} Ich bin der eingebaute Assistent ohne Sprachmodell, mehr kann ich dazu nicht sagen.",
        SpeechWithoutWords = "Ich habe dich etwa {0} Sekunden lang sprechen hören, aber hier ist keine Spracherkennung eingerichtet, deshalb kenne ich die Worte nicht. Schreib mir deine Frage, dann antworte ich gern.",
        NothingHeard = "Ich höre zu, aber es kam noch nichts an.",
        UnknownFunction = "Eine Funktion namens {0} ist nicht angemeldet, deshalb habe ich sie nicht aufgerufen.",
        BadArguments = "Die Argumente für {0} sind kein gültiges JSON-Objekt, deshalb habe ich nichts aufgerufen.",
        AskArgument = "Was soll ich als {0} für {1} nehmen?",
        Result = "Die Funktion {0} hat geantwortet: {1}.",
        ResultEmpty = "Die Funktion {0} ist fertig.",
        Failure = "Die Funktion {0} ist gescheitert: {1}.",
        Slowly = "Langsam: {0}",
        HearMe = "Ja, ich höre dich. Was kann ich für dich tun?",
        Acknowledge = "In Ordnung. Was kann ich noch für dich tun?",
        Read = "Da steht: {0}",
        ReadNothing = "Ich habe in dem Bild nach Text gesucht und keinen gefunden, den ich lesen kann.",
        NoReader = "Texte in Bildern kann ich hier nicht lesen, weil keine Texterkennung installiert ist.",
        Unchanged = "Es sieht aus wie das Bild davor.",
        ChangedLittle = "Es unterscheidet sich ein wenig vom Bild davor.",
        Changed = "Es unterscheidet sich deutlich vom Bild davor.",
        Jokes = ["Warum hat das Mikrofon den Lautsprecher verlassen? Es fühlte sich nie gehört.", "Ich kenne einen Witz über die Stille, aber du hältst ihn sicher für das Ende meines Satzes.", "Mein erstes Wort war null. Seitdem habe ich es immerhin bis eins gebracht."],
    };

    private static Vocabulary Vocabulary() => new()
    {
        And = "und",
        DecimalSeparator = ',',
        Weekdays = ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"],
        Months = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
        Colours = ["schwarz", "weiß", "grau", "rot", "orange", "gelb", "grün", "türkis", "blau", "violett", "rosa", "braun"],
        Brightness = ["dunkel", "mittelhell", "hell"],
        SmallNumbers = ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn", "zwanzig"],
        Tens = ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"],
        Operators =
        [
            ("plus", '+'), ("minus", '-'), ("weniger", '-'), ("mal", '*'), ("geteilt durch", '/'), ("durch", '/'), ("hoch", '^'),
            ("zum quadrat", '²'), ("wurzel aus", '√'), ("wurzel von", '√'), ("modulo", '%'), ("prozent von", '‰'),
        ],
    };
}
