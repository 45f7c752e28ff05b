using Microsoft.AspNetCore.Http;
using Parley.Server.Access;

namespace Parley.Server.Endpoints;

/// <summary>Runs an HTTP method of the API: checks origin and credential, and returns errors in the format of Google's services.</summary>
internal sealed class ApiMethod(CredentialCheck credentials, RequestOrigin origins)
{
    internal async Task RunAsync(HttpContext context, Func<Caller, Task> method)
    {
        try
        {
            if (!origins.IsAllowed(context))
                throw ApiException.ForeignOrigin;
            var (caller, refusal) = await credentials.CheckHttpAsync(context).ConfigureAwait(false);
            if (caller is null)
                throw ApiException.Refused(refusal!);
            await method(caller).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            await ApiJson.WriteErrorAsync(context, e).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            await ApiJson.WriteErrorAsync(context, 503, "UNAVAILABLE", LiveClose.Unavailable.Reason).ConfigureAwait(false);
        }
    }
}
