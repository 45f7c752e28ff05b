namespace Parley.Speech.Models;

/// <summary>How far the transfer of a file is.</summary>
/// <param name="File">Its name.</param>
/// <param name="Bytes">Bytes on disk, those of earlier attempts included.</param>
/// <param name="Total">Its size; null while unknown.</param>
internal readonly record struct TransferProgress(string File, long Bytes, long? Total);
