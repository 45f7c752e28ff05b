namespace Parley.Assistant.Images;

/// <summary>Finds words in pictures of strangers. Safe to share.</summary>
internal interface IPictureTextReader
{
    /// <summary>Reads the words; never throws for what is in the picture or for a reader that fails.</summary>
    ValueTask<PictureText> ReadAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken);
}
