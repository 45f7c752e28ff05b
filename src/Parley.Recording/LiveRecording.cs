namespace Parley.Recording;

/// <summary>A record of one connection of a session.</summary>
/// <param name="Id">Id of the record: the id of the connection.</param>
/// <param name="SessionId">Id of the session, the same for all records of a session that was resumed.</param>
/// <param name="Started">When it began.</param>
/// <param name="Duration">Length of its audio.</param>
/// <param name="Model">The model.</param>
/// <param name="KeyId">Id of the key.</param>
/// <param name="OwnerHash">SHA-256 of the owner, in hexadecimal digits.</param>
/// <param name="Format">How its audio is stored.</param>
/// <param name="IsEncrypted">Whether it is encrypted.</param>
/// <param name="Outcome"><c>completed</c>, <c>failed</c>, <c>overflow</c> or <c>killed</c>; null while it is being written.</param>
/// <param name="Bytes">Bytes of its files.</param>
public sealed record LiveRecording(
    string Id, string SessionId, DateTimeOffset Started, TimeSpan Duration, string Model, string KeyId, string OwnerHash, RecordingFormat Format, bool IsEncrypted, string? Outcome, long Bytes);
