namespace Parley.Assistant.Images;

internal enum PictureTextState
{
    Found, Nothing, NoReader, Unreadable, TooLarge,
}

/// <summary>Result of reading the text of an image.</summary>
internal sealed record PictureText(PictureTextState State, string Text = "")
{
    public static PictureText Nothing { get; } = new(PictureTextState.Nothing);

    public static PictureText NoReader { get; } = new(PictureTextState.NoReader);
}
