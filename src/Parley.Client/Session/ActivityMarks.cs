namespace Parley.Client.Session;

/// <summary>
/// Whether the application has an activity open (manual detection), by the marks it has sent. Counts what it asked for, not what was
/// written: marks are held while there is no connection.
/// </summary>
internal sealed class ActivityMarks
{
    private volatile bool _isOpen;

    internal bool IsOpen
    {
        get => _isOpen;
        set => _isOpen = value;
    }
}
