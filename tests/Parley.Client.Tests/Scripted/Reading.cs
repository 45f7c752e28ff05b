namespace Parley.Client.Tests.Scripted;

internal static class Reading
{
    /// <summary>Reads to the end of the session.</summary>
    internal static Task<List<LiveUpdate>> ReadToEndAsync(this LiveSession session) =>
        Expect.WithinAsync(session.ReadAllAsync().ToListAsync().AsTask(), "the session ends");

    /// <summary>The next update of a type; others are skipped. Enumerates again, as a user may.</summary>
    internal static async Task<T> NextAsync<T>(this LiveSession session)
        where T : LiveUpdate
    {
        var next = session.ReadAllAsync().FirstAsync(update => update is T or SessionEndedUpdate).AsTask();
        return Assert.IsType<T>(await Expect.WithinAsync(next, $"a {typeof(T).Name}"));
    }

    internal static Task<SessionEnd> EndAsync(this LiveSession session) => Expect.WithinAsync(session.Completion, "the session ends");
}
