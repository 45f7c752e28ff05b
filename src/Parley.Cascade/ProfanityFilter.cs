namespace Parley.Cascade;

/// <summary>Which transcripts of the user have profane words masked. The chat model always gets the words as recognized.</summary>
public enum ProfanityFilter
{
    /// <summary>Only interim transcripts: a recognizer invents words before it has heard the whole sentence. The default.</summary>
    Interim,

    /// <summary>Interim and final transcripts.</summary>
    All,

    /// <summary>None.</summary>
    Off,
}
