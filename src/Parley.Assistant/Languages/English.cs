namespace Parley.Assistant.Languages;

internal static class English
{
    public static Language Language { get; } = new("en", Triggers(), Phrases(), Vocabulary());

    private static Triggers Triggers() => new()
    {
        Greeting = ["hello", "hi", "hey", "good morning", "good afternoon", "good evening", "greetings", "hi there", "howdy"],
        HowAreYou = ["how are you", "how do you do", "how is it going", "how's it going", "are you well"],
        Identity = ["who are you", "what are you", "what is your name", "what's your name", "your name", "introduce yourself", "are you a robot", "are you human", "are you an ai"],
        Abilities = ["what can you do", "help", "help me", "how can you help", "what do you do", "what do you know"],
        Time = ["what time", "what's the time", "what is the time", "the time is it", "tell me the time", "current time", "time now", "the time please"],
        Date = ["what day", "what date", "what's the date", "what is the date", "today's date", "current date", "the date today", "which day", "what year", "what month", "tell me the date"],
        Image = ["what do you see", "what can you see", "do you see", "can you see", "in this picture", "in the picture", "in this image", "in the image", "in this photo", "in the photo", "the picture", "this picture", "the image", "this image", "this photo", "the photo", "what colour", "what color", "what colours", "what colors", "which colour", "which color", "look at this", "in front of you", "the camera", "the video"],
        Thanks = ["thanks", "thank you", "many thanks", "cheers"],
        Goodbye = ["goodbye", "good bye", "bye", "bye bye", "see you", "see you later", "good night", "farewell", "that's all", "that is all"],
        Stop = ["stop", "stop it", "be quiet", "that's enough", "enough", "shut up", "wait", "hold on", "never mind", "forget it", "cancel", "cancel that"],
        Repeat = ["repeat after me", "repeat the following", "repeat these words", "repeat this", "repeat", "say after me", "say the following", "say the words", "say the word", "say this", "say", "echo"],
        RepeatLast = ["that", "it", "yourself", "again", "that again", "it again", "that please", "the last sentence", "the last answer", "what you said", "once more", "please"],
        Spell = ["how do you spell", "how is spelled", "spell the word", "spell out", "spell"],
        Count = ["count from", "count down from", "count backwards from", "count up to", "count to", "count down", "count"],
        CountDown = ["count down", "count backwards", "countdown"],
        SaidFirst = ["what did i say first", "what was the first thing i said", "did i say first", "first thing i said", "my first words", "my first question", "what did i say at the beginning"],
        SaidLast = ["what did i say last", "what did i just say", "what did i say", "last thing i said", "what was my last question", "my last words", "did i say before"],
        Long = ["in detail", "talk for a while", "talk for a minute", "keep talking", "talk to me", "long answer", "long explanation", "at length", "long text", "talk for a long time", "speak for a while", "tell me everything", "long speech"],
        Story = ["a story", "long story", "a tale", "bedtime story", "another story"],
        Calculate = ["what is", "what's", "what are", "how much is", "how much are", "how many is", "calculate", "compute", "work out", "evaluate", "tell me", "the result of", "the answer to", "the value of", "equals", "equal to", "solve", "do you know", "and", "so", "then", "now", "hello", "hi", "ok", "okay", "the"],
        Please = ["please", "can you", "could you", "would you", "will you", "can you please", "could you please", "would you please", "now", "okay", "ok", "hey", "hello", "hi", "and", "just", "then", "um", "uh", "er", "well", "so", "actually", "yes", "sorry", "parley"],
        Pardon = ["pardon", "pardon me", "sorry", "excuse me", "come again", "once more", "one more time", "again", "what did you say", "what was that", "what", "i did not hear you", "i didn't hear you", "i did not hear that", "i did not catch that", "i didn't catch that", "i did not understand", "i didn't understand"],
        Slower = ["slower", "more slowly", "slow down", "too fast"],
        Joke = ["a joke", "another joke", "joke please", "something funny", "make me laugh"],
        HearMe = ["can you hear me", "do you hear me", "are you there", "are you listening", "is anybody there", "is anyone there", "testing", "test test", "this is a test", "mic check", "sound check"],
        Feedback = ["yes", "yeah", "yes please", "no", "no thanks", "nope", "okay", "ok", "all right", "alright", "right", "great", "good", "very good", "fine", "i am fine", "i'm fine", "cool", "nice", "sure", "wow", "well done", "i see"],
        Read = ["read this", "read it", "read that", "read aloud", "read to me", "can you read", "read the text", "read the sign", "read the picture", "read the image", "read the page", "read the label", "read the screen", "what does it say", "what does this say", "what does that say", "what does the sign say", "what is written", "what's written", "any text"],
    };

    private static Phrases Phrases() => new()
    {
        Greeting = "Hello! I am {0}. What can I do for you?",
        Identity = "I am {0}, the built-in assistant of this Parley server. I follow fixed rules and have no language model behind me.",
        Abilities = "I can tell the time and the date, calculate, count, spell, repeat what you say, measure the colours of a picture, tell a joke or a long story, and call the functions your program declares.",
        HowAreYou = "All my rules are in place, thank you. How are you?",
        Thanks = "You are welcome.",
        Goodbye = "Goodbye! It was nice talking to you.",
        Stop = "All right, I will stop here.",
        Time = "It is {0} UTC.",
        Date = "Today is {0}, {1} {2} {3}.",
        Sum = "That makes {0}.",
        DivisionByZero = "That asks me to divide by zero, which has no answer.",
        NumberTooLarge = "That number is too large for me to work out exactly.",
        NoRealResult = "That sum has no real number as its answer.",
        CountLimit = "I count at most {0} numbers at a time.",
        Spelling = "{0} is spelled {1}.",
        SaidFirst = "The first thing you said was: {0}",
        EarliestKnown = "The earliest thing I remember you saying is: {0}",
        SaidLast = "Just before this you said: {0}",
        NothingSaid = "You have not said anything before this.",
        Image = "I see a picture of {0} by {1} pixels. It is mostly {2}, and {3}. I only measure size and colours, so I cannot name what it shows.",
        NoImage = "I have not received a picture yet.",
        ImageTooLarge = "The picture is larger than 4096 by 4096 pixels, so I did not open it.",
        ImageUnreadable = "I received a picture but could not read it. I understand JPEG and PNG.",
        Fallback = "I heard: {0} I am the built-in assistant without a language model, so that is all I can say about it.",
        SpeechWithoutWords = "I heard you speak for about {0} seconds, but no speech recognizer is configured here, so I do not know the words. Type your question and I will gladly answer it.",
        NothingHeard = "I am listening, but I have not heard anything yet.",
        UnknownFunction = "No function called {0} is declared, so I did not call it.",
        BadArguments = "The arguments for {0} are not a valid JSON object, so I did not call it.",
        AskArgument = "Which {0} should I use for {1}?",
        Result = "The function {0} answered: {1}.",
        ResultEmpty = "The function {0} is done.",
        Failure = "The function {0} failed: {1}.",
        Slowly = "Slowly: {0}",
        HearMe = "Yes, I hear you. What can I do for you?",
        Acknowledge = "All right. What else can I do for you?",
        Read = "It says: {0}",
        ReadNothing = "I looked for text in the picture and found none that I can read.",
        NoReader = "I cannot read text in pictures here, because no text reader is installed.",
        Unchanged = "It looks the same as the picture before it.",
        ChangedLittle = "It differs a little from the picture before it.",
        Changed = "It differs clearly from the picture before it.",
        Jokes = ["Why did the microphone leave the loudspeaker? It never felt listened to.", "I know a joke about silence, but you would take it for the end of my turn.", "A packet walks into a bar, and the barman says: thank you, we have already served that one.", "My first word was zero. Since then I have at least made it to one.", "What does a tired web socket say? Let us keep in touch, I hate to hang up."],
    };

    private static Vocabulary Vocabulary() => new()
    {
        And = "and",
        DecimalSeparator = '.',
        Weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
        Months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
        Colours = ["black", "white", "grey", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown"],
        Brightness = ["dark", "of medium brightness", "bright"],
        SmallNumbers = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"],
        Tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        Operators =
        [
            ("plus", '+'), ("added to", '+'), ("minus", '-'), ("less", '-'), ("negative", '-'), ("times", '*'), ("multiplied by", '*'), ("x", '*'),
            ("divided by", '/'), ("over", '/'), ("to the power of", '^'), ("raised to the power of", '^'), ("to the", '^'), ("squared", '²'),
            ("cubed", '³'), ("square root of", '√'), ("modulo", '%'), ("mod", '%'), ("percent of", '‰'), ("per cent of", '‰'), ("half of", '½'),
        ],
    };
}
