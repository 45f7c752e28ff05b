using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Nodes;

namespace Parley.Server.Endpoints;

/// <summary>
/// Records what operators do: in the log, category <see cref="Category"/>, and in the store, where it is kept for <see cref="Kept"/>.
/// </summary>
internal sealed partial class AuditLog(IAuditStore store, ThisNode node, TimeProvider time, ILoggerFactory loggers)
{
    internal const string Category = "Parley.Audit";

    internal static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private readonly ILogger _logger = loggers.CreateLogger(Category);
    private DateOnly _swept;

    /// <summary>Records an action. If the store fails, the log alone has it.</summary>
    internal async Task RecordAsync(HttpContext context, string action, string subject, string detail = "")
    {
        try
        {
            await RequireAsync(context, action, subject, detail).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // The store has logged its failure, and the action is done.
        }
    }

    /// <summary>Records an action that may only happen if it is recorded.</summary>
    /// <exception cref="StorageException">The store does not have it.</exception>
    internal async Task RequireAsync(HttpContext context, string action, string subject, string detail = "")
    {
        var now = time.GetUtcNow();
        // Names are chosen by operators, and ids by whoever sends the request.
        var entry = new AuditEntry(now, node.Name, action, LogText.Clean(subject), LogText.Clean(detail), RequestOrigin.AddressOf(context));
        Log.Recorded(_logger, entry.Action, entry.Subject, entry.Detail, entry.Remote);
        // Recorded also if the client has left.
        await store.AddAsync(entry, CancellationToken.None).ConfigureAwait(false);
        if (DateOnly.FromDateTime(now.UtcDateTime) is var today && today != _swept)
        {
            _swept = today;
            await store.DeleteBeforeAsync(now - Kept, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The newest entries, newest first.</summary>
    internal ValueTask<IReadOnlyList<AuditEntry>> ListAsync(int count, CancellationToken cancellationToken) => store.ListAsync(count, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(EventIds.OperatorActed, LogLevel.Information, "Operator: {Action} {Subject} {Detail}, client {Remote}")]
        public static partial void Recorded(ILogger logger, string action, string subject, string detail, string remote);
    }
}
