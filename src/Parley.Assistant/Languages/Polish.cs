namespace Parley.Assistant.Languages;

internal static class Polish
{
    public static Language Language { get; } = new("pl", Triggers(), Phrases(), Vocabulary());

    private static Triggers Triggers() => new()
    {
        Greeting = ["cześć", "dzień dobry", "dobry wieczór", "witaj", "hej"],
        HowAreYou = ["jak się masz", "co słychać", "jak się pan ma", "jak się pani ma"],
        Identity = ["kim jesteś", "czym jesteś", "jak się nazywasz", "jak masz na imię", "przedstaw się"],
        Abilities = ["co potrafisz", "co umiesz", "pomoc", "pomóż mi"],
        Time = ["która godzina", "którą godzinę", "która jest godzina"],
        Date = ["jaki dzień", "jaki jest dzień", "jaka data", "jaka jest data", "jaka jest dzisiaj data", "który dzisiaj", "który rok", "dzisiejsza data"],
        Image = ["co widzisz", "widzisz", "na obrazie", "na obrazku", "ten obraz", "ten obrazek", "na zdjęciu", "to zdjęcie", "jaki kolor", "jakie kolory", "kamera"],
        Thanks = ["dziękuję", "dzięki", "dziękuję bardzo"],
        Goodbye = ["do widzenia", "pa", "na razie", "dobranoc", "żegnaj"],
        Stop = ["stop", "przestań", "cicho", "wystarczy", "dość", "poczekaj", "nieważne", "anuluj", "zapomnij"],
        Repeat = ["powtórz za mną", "powtórz", "powiedz"],
        RepeatLast = ["to", "jeszcze raz", "to jeszcze raz", "proszę"],
        Spell = ["przeliteruj słowo", "przeliteruj", "literuj", "jak się pisze"],
        Count = ["policz wstecz od", "odliczaj od", "policz od", "policz do", "licz do", "policz", "licz"],
        CountDown = ["wstecz", "odliczaj"],
        SaidFirst = ["co powiedziałem najpierw", "co powiedziałam najpierw", "co powiedziałem na początku", "co powiedziałam na początku"],
        SaidLast = ["co powiedziałem", "co powiedziałam", "co przed chwilą powiedziałem", "co przed chwilą powiedziałam"],
        Long = ["szczegółowo", "ze szczegółami", "mów przez chwilę", "mów dalej", "długa odpowiedź"],
        Story = ["historię", "bajkę", "długą historię", "opowieść"],
        Calculate = ["ile to jest", "ile to", "ile jest", "oblicz", "policz", "powiedz mi", "i", "cześć", "równa się"],
        Please = ["proszę", "czy możesz", "czy mógłbyś", "czy mogłabyś", "możesz", "cześć", "i", "a"],
        Pardon = ["słucham", "przepraszam", "jeszcze raz", "co powiedziałeś", "co mówiłeś", "nie zrozumiałem", "nie zrozumiałam", "nie usłyszałem", "nie usłyszałam"],
        Slower = ["wolniej", "za szybko"],
        Joke = ["dowcip", "żart", "kawał", "coś śmiesznego"],
        HearMe = ["słyszysz mnie", "czy mnie słyszysz", "jesteś tam", "to jest test"],
        Feedback = ["tak", "nie", "dobrze", "bardzo dobrze", "świetnie", "super", "w porządku", "u mnie dobrze", "nie dziękuję"],
        Read = ["przeczytaj to", "przeczytaj tekst", "przeczytaj", "co tam jest napisane", "co jest napisane", "co tu pisze"],
    };

    private static Phrases Phrases() => new()
    {
        Greeting = "Cześć! Jestem {0}. W czym mogę pomóc?",
        Identity = "Jestem {0}, wbudowany asystent tego serwera Parley. Działam według stałych reguł, bez modelu językowego.",
        Abilities = "Potrafię podać godzinę i datę, liczyć, literować, powtarzać słowa, mierzyć kolory obrazu, opowiedzieć żart albo długą historię i wywołać funkcje zgłoszone przez twój program.",
        HowAreYou = "Wszystkie moje reguły działają, dziękuję. A co u ciebie?",
        Thanks = "Nie ma za co.",
        Goodbye = "Do usłyszenia! Miło było porozmawiać.",
        Stop = "Dobrze, już kończę.",
        Time = "Jest {0} UTC.",
        Date = "Dzisiaj jest {0}, {1} {2} {3} roku.",
        Sum = "Wynik to {0}.",
        DivisionByZero = "Trzeba by podzielić przez zero, a tego nie da się zrobić.",
        NumberTooLarge = "Ta liczba jest za duża, żebym mógł ją dokładnie policzyć.",
        NoRealResult = "To działanie nie ma wyniku w liczbach rzeczywistych.",
        CountLimit = "Liczę najwyżej {0} liczb naraz.",
        Spelling = "{0} pisze się {1}.",
        SaidFirst = "Najpierw usłyszałem: {0}",
        EarliestKnown = "Najdawniejsze, co pamiętam, to: {0}",
        SaidLast = "Przed chwilą usłyszałem: {0}",
        NothingSaid = "Przedtem nic jeszcze nie usłyszałem.",
        Image = "Widzę obraz o wymiarach {0} na {1} pikseli. Główne kolory: {2}. Obraz jest {3}. Mierzę tylko rozmiar i kolory, nie umiem nazwać tego, co przedstawia.",
        NoImage = "Nie mam jeszcze żadnego obrazu.",
        ImageTooLarge = "Obraz jest większy niż 4096 na 4096 pikseli, więc go nie otworzyłem.",
        ImageUnreadable = "Dostałem obraz, ale nie mogłem go odczytać. Rozumiem JPEG i PNG.",
        Fallback = "Usłyszałem: {0} Jestem wbudowanym asystentem bez modelu językowego, więc nic więcej o tym nie powiem.",
        SpeechWithoutWords = "Słyszałem mowę przez około {0} sekundy, ale nie skonfigurowano tu rozpoznawania mowy, więc nie znam słów. Napisz pytanie, a chętnie odpowiem.",
        NothingHeard = "Słucham, ale jeszcze nic do mnie nie dotarło.",
        UnknownFunction = "Funkcja o nazwie {0} nie jest zgłoszona, więc jej nie wywołałem.",
        BadArguments = "Argumenty dla {0} nie są poprawnym obiektem JSON, więc niczego nie wywołałem.",
        AskArgument = "Jakiej wartości {0} mam użyć dla {1}?",
        Result = "Funkcja {0} odpowiedziała: {1}.",
        ResultEmpty = "Funkcja {0} zakończyła pracę.",
        Failure = "Funkcja {0} nie powiodła się: {1}.",
        Slowly = "Powoli: {0}",
        HearMe = "Tak, słyszę. W czym mogę pomóc?",
        Acknowledge = "Dobrze. W czym jeszcze mogę pomóc?",
        Read = "Jest tam napisane: {0}",
        ReadNothing = "Szukałem tekstu na obrazie i nie znalazłem żadnego, który umiem przeczytać.",
        NoReader = "Nie mogę tu czytać tekstu z obrazów, bo nie zainstalowano rozpoznawania tekstu.",
        Unchanged = "Wygląda tak samo jak poprzedni obraz.",
        ChangedLittle = "Różni się trochę od poprzedniego obrazu.",
        Changed = "Różni się wyraźnie od poprzedniego obrazu.",
        Jokes = ["Dlaczego mikrofon rzucił głośnik? Bo nigdy nie czuł się wysłuchany.", "Znam żart o ciszy, ale łatwo wziąć go za koniec mojego zdania.", "Moje pierwsze słowo to zero. Od tamtej pory doszedłem przynajmniej do jedynki."],
    };

    private static Vocabulary Vocabulary() => new()
    {
        And = "i",
        DecimalSeparator = ',',
        Weekdays = ["niedziela", "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota"],
        Months = ["stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"],
        Colours = ["czarny", "biały", "szary", "czerwony", "pomarańczowy", "żółty", "zielony", "turkusowy", "niebieski", "fioletowy", "różowy", "brązowy"],
        Brightness = ["ciemny", "średnio jasny", "jasny"],
        SmallNumbers = ["zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć", "dziesięć", "jedenaście", "dwanaście", "trzynaście", "czternaście", "piętnaście", "szesnaście", "siedemnaście", "osiemnaście", "dziewiętnaście", "dwadzieścia"],
        Tens = ["dwadzieścia", "trzydzieści", "czterdzieści", "pięćdziesiąt", "sześćdziesiąt", "siedemdziesiąt", "osiemdziesiąt", "dziewięćdziesiąt"],
        Operators =
        [
            ("plus", '+'), ("dodać", '+'), ("minus", '-'), ("odjąć", '-'), ("razy", '*'), ("podzielić przez", '/'), ("dzielone przez", '/'),
            ("przez", '/'), ("do potęgi", '^'), ("do kwadratu", '²'), ("pierwiastek z", '√'), ("modulo", '%'), ("procent z", '‰'),
        ],
    };
}
