namespace Parley.Assistant.Functions;

/// <summary>Rooms of a home, for "the kitchen light".</summary>
internal static class Rooms
{
    /// <summary>Words in names of parameters that hold a room.</summary>
    public static HashSet<string> Names { get; } = ["room", "location", "area", "zone"];

    private static readonly HashSet<string> Single =
        ["kitchen", "bedroom", "bathroom", "office", "garage", "garden", "hall", "hallway", "basement", "attic", "lounge", "study", "nursery", "balcony"];

    /// <summary>Returns the room at the start of the words and the number of words used; 0 if there is none.</summary>
    public static (string? Room, int Length) Read(string[] words) => words switch
    {
        ["living" or "dining" or "guest" or "laundry", "room", ..] => ($"{words[0]} room", 2),
        [var word, ..] when Single.Contains(word) => (word, 1),
        _ => (null, 0),
    };
}
