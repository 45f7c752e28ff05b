using System.Globalization;

namespace Parley.Phone.Calls;

/// <summary>
/// The marks that a carrier has not returned yet. Each stands for a position in the audio of the model. After a clear, carriers return the marks that were
/// never played as if they were: those are forgotten here first.
/// </summary>
internal sealed class MarkTrack
{
    /// <summary>More are not open at a carrier that returns them: minutes of audio.</summary>
    private const int MaxOpen = 512;

    private readonly Queue<(string Name, TimeSpan Position)> _open = [];
    private readonly Lock _gate = new();
    private long _number;

    /// <summary>Whether the carrier has returned all.</summary>
    internal bool IsEmpty
    {
        get { lock (_gate) return _open.Count == 0; }
    }

    /// <summary>Names a new mark.</summary>
    internal string Add(TimeSpan position)
    {
        lock (_gate)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"p{++_number}");
            if (_open.Count == MaxOpen)
                _open.Dequeue();
            _open.Enqueue((name, position));
            return name;
        }
    }

    /// <summary>The position of a mark that was returned; null if it is not open.</summary>
    internal TimeSpan? Reached(string? name)
    {
        lock (_gate)
        {
            if (name is null || !_open.Any(mark => mark.Name == name))
                return null;
            while (true)
            {
                var (reached, position) = _open.Dequeue();
                if (reached == name)
                    return position;
            }
        }
    }

    internal void Clear()
    {
        lock (_gate)
            _open.Clear();
    }
}
