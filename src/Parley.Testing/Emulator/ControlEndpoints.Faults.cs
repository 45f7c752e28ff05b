using System.Text;
using Microsoft.AspNetCore.Http;

namespace Parley.Testing.Emulator;

// GET, POST and DELETE faults
internal sealed partial class ControlEndpoints
{
    private static Task FaultsAsync(HttpContext context, EmulatorSpace space)
    {
        var faults = space.Server.Faults;
        return WriteAsync(
            context,
            new FaultList(
                [.. faults.All.Select(static fault => fault.ToString())],
                [.. faults.Injected.Select(static one => new FaultEvent(one.Point.Name, one.Action, one.Connection, Math.Round(one.Time.TotalSeconds, 3)))]),
            Json.FaultList);
    }

    private static async Task AddFaultAsync(HttpContext context, EmulatorSpace space)
    {
        try
        {
            space.Server.Faults.Add(FaultDescription.Parse(Encoding.UTF8.GetString(await ReadBodyAsync(context).ConfigureAwait(false))));
        }
        catch (FormatException e)
        {
            throw ControlException.InvalidArgument(e.Message);
        }
        context.Response.StatusCode = StatusCodes.Status201Created;
        await FaultsAsync(context, space).ConfigureAwait(false);
    }

    private static Task ClearFaultsAsync(HttpContext context, EmulatorSpace space)
    {
        space.Server.Faults.Clear();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
