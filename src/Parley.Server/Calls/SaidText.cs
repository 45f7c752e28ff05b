using System.Text;

namespace Parley.Server.Calls;

/// <summary>What one side has said in a turn. Not for concurrent use.</summary>
internal sealed class SaidText
{
    private readonly StringBuilder _text = new();

    /// <summary>The turn has ended, or the other side has begun: the next piece starts a new text.</summary>
    internal bool IsComplete { get; set; }

    /// <summary>Adds a piece.</summary>
    /// <returns>All of it so far; the newest characters.</returns>
    internal string Add(string piece, int max)
    {
        if (IsComplete)
            _text.Clear();
        IsComplete = false;
        _text.Append(piece);
        if (_text.Length > max)
            _text.Remove(0, _text.Length - max);
        return _text.ToString();
    }

    /// <summary>Adds a piece.</summary>
    /// <returns>What was said before it; the newest characters.</returns>
    internal string AddAfter(string piece, int max)
    {
        if (IsComplete)
            _text.Clear();
        var before = _text.ToString();
        Add(piece, max);
        return before;
    }
}
