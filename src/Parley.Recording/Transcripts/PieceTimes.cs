namespace Parley.Recording.Transcripts;

/// <summary>Where on the clock the characters of an utterance are.</summary>
/// <param name="pieces">Index of the first character of each piece, and where its audio begins.</param>
/// <param name="length">Length of the text.</param>
/// <param name="span">Where the audio of all of it is.</param>
/// <param name="isExact">Whether the pieces have times; otherwise the text is spread over the span evenly.</param>
internal sealed class PieceTimes((int At, long Start)[] pieces, int length, Stretch span, bool isExact)
{
    /// <summary>Time of a character; between the beginnings of two pieces it is interpolated.</summary>
    internal long At(int index)
    {
        if (!isExact)
            return Between(span, index, length);
        var piece = PieceOf(Math.Min(index, length - 1));
        return Between(TimeOf(piece), index - pieces[piece].At, EndOf(piece) - pieces[piece].At);
    }

    /// <summary>Whether a word is all of a piece.</summary>
    internal bool IsWholePiece(string text, int from, int to)
    {
        var piece = PieceOf(from);
        return text.AsSpan(pieces[piece].At, EndOf(piece) - pieces[piece].At).Trim().Length == to - from && PieceOf(to - 1) == piece;
    }

    /// <summary>The audio that certainly contains a part of the text: the pieces it touches, or everything if their times are not known.</summary>
    internal Stretch StretchOf(int from, int to) =>
        isExact ? new Stretch(TimeOf(PieceOf(from)).From, TimeOf(PieceOf(to - 1)).To) : span;

    private Stretch TimeOf(int piece) => new(pieces[piece].Start, piece + 1 < pieces.Length ? Math.Max(pieces[piece].Start, pieces[piece + 1].Start) : Math.Max(pieces[piece].Start, span.To));

    private int EndOf(int piece) => piece + 1 < pieces.Length ? pieces[piece + 1].At : length;

    private int PieceOf(int index)
    {
        var piece = pieces.Length - 1;
        while (piece > 0 && pieces[piece].At > index)
            piece--;
        return piece;
    }

    private static long Between(Stretch stretch, int part, int whole) => stretch.From + ((stretch.To - stretch.From) * part / Math.Max(1, whole));
}
