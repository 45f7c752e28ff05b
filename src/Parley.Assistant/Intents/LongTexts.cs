namespace Parley.Assistant.Intents;

/// <summary>
/// Two texts of more than a minute, for trying out interruption: a story, and a talk about how a spoken question is answered.
/// </summary>
internal static class LongTexts
{
    public static string Story { get; } = string.Join(' ',
    [
        "In a harbour town where the fog came in every evening, there lived a woman named Mirel who repaired bells.",
        "She mended ship bells, door bells and the tiny bells that shepherds hang on their goats.",
        "One night a stranger put a bell on her counter that made no sound at all.",
        "It was not cracked, and its clapper swung as freely as a gate in the wind.",
        "Mirel struck it with wood, with brass and finally with her own thimble.",
        "The bell shivered, but the room stayed silent.",
        "The stranger said that he would return in seven days, and he left without giving a name.",
        "On the first day she polished it until she could count her eyelashes in the metal.",
        "On the second day she filled it with water, and the water trembled in perfect circles.",
        "On the third day a deaf boy from the bakery came in and laid his palm on the rim.",
        "He laughed, and he tapped a rhythm on the counter that Mirel had never heard before.",
        "So the bell was ringing after all, only too low for any ear in town.",
        "On the fourth day the two of them carried it down to the quay.",
        "The boy struck it once, and far out in the fog something answered with a long, soft groan.",
        "The fishermen dropped their nets and stared.",
        "On the fifth day they rang it again, and a grey whale rose between the boats like a slow island.",
        "It looked at the boy for the length of three breaths before it sank away.",
        "On the sixth day nobody in the harbour worked, because everyone wanted to stand near the bell.",
        "The mayor offered gold for it, and the priest offered a tower.",
        "Mirel refused both, for she had only been asked to repair it.",
        "On the seventh day the stranger came back and asked whether the bell was mended.",
        "It was never broken, she told him, but it was waiting for someone who could listen with his hands.",
        "The stranger smiled, gave the bell to the boy, and walked off along the pier.",
        "Since that evening the whales pass the town every autumn, and the boy greets each of them with a single stroke.",
        "That is the end of the story, and thank you for listening this far.",
    ]);

    public static string Talk { get; } = string.Join(' ',
    [
        "You would like to hear more, so let me take my time and describe what happens between your question and my answer.",
        "It begins with air, because a voice is nothing but pressure that changes a few hundred times each second.",
        "A microphone turns this pressure into a voltage, and a converter measures the voltage sixteen thousand times a second.",
        "Each measurement becomes a number of two bytes, and a second of speech fills about thirty-two thousand of them.",
        "Your program packs these numbers into small messages and sends them without waiting for you to finish.",
        "At the other end the server keeps asking one simple question, namely whether somebody is speaking right now.",
        "Silence is harder to judge than it seems, since a pause for thought looks just like the end of a sentence.",
        "If the server waits too long, the conversation feels sluggish.",
        "If it is too eager, it talks over people who were only taking a breath.",
        "Once it believes that you are done, the sound is handed to a recognizer, which tries to write down the words.",
        "Then the words reach the chat model, and in this case that is me, the built-in assistant, a list of rules in a fixed order.",
        "I check whether you asked me to call a function, and I look for numbers, names and dates that belong to it.",
        "If there is none, I try every topic I know, from the time of day to the colours of a picture.",
        "A real language model would be far more clever at this point, but it would also answer differently every time.",
        "My answer travels in pieces of a few words, so that speaking can begin before the last sentence is ready.",
        "A synthesizer turns each piece into sound again, and the sound goes back over the same connection.",
        "All of it usually arrives faster than it can be played, which leads to a curious problem.",
        "When you interrupt me, minutes of my speech may already be waiting in your loudspeaker's queue.",
        "For that reason the server sends a short notice, and your program should throw away everything it has not played.",
        "What I had left to say is forgotten as well, and I remember only the part that was sent to you.",
        "This is a good moment to try it, because I have nothing important left to tell.",
        "You could ask me for the time, or simply tell me to stop.",
        "If you let me go on, I will only mention that patience is a lovely quality in a listener.",
        "There is also some pleasure in a voice that runs on for no reason, like rain on a roof.",
        "Now I have really come to the end, and it is your turn to speak.",
    ]);
}
