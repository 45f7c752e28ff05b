namespace Parley.TestKit;

/// <param name="Path">JSON pointer to the value; empty for the whole message.</param>
/// <param name="Message">What is wrong with the value.</param>
public sealed record SchemaError(string Path, string Message)
{
    public override string ToString() => $"{(Path.Length == 0 ? "(root)" : Path)}: {Message}";
}
