namespace Parley.Assistant.Images;

internal enum PictureTextState
{
    Found, Nothing, NoReader, Unreadable, TooLarge,
}

/// <summary>What came of looking for words in a picture.</summary>
internal sealed record PictureText(PictureTextState State, string Text = "")
{
    public static PictureText Nothing { get; } = new(PictureTextState.Nothing);

    public static PictureText NoReader { get; } = new(PictureTextState.NoReader);
}
