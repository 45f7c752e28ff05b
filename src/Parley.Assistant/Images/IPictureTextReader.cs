namespace Parley.Assistant.Images;

/// <summary>Reads text in untrusted images (OCR). Thread-safe.</summary>
internal interface IPictureTextReader
{
    /// <summary>Reads the text of an image. Invalid images and failures of the reader are results and never exceptions.</summary>
    ValueTask<PictureText> ReadAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken);
}
