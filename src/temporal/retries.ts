import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

type Interceptor = ReturnType<typeof makeGrpcRetryInterceptor>;
type Call = ReturnType<Parameters<Interceptor>[1]>;
type Status = Parameters<ReturnType<typeof defaultGrpcRetryOptions>['retryableDecider']>[1];

/**
 * The SDK's retries, mended in two points that show while the server is away: it sleeps between tries past the call's
 * deadline, and a try on a connection that was closed meanwhile throws from a timer, which ends the process.
 */
export const retryInTime: Interceptor = (options, nextCall) => {
  const { retryableDecider, delayFunction } = defaultGrpcRetryOptions();
  const deadline = Number(options.deadline ?? Infinity);
  let delay = 0;
  let last: Status | undefined;
  let closed = false;
  const retry = makeGrpcRetryInterceptor({
    retryableDecider(attempt, status) {
      last = status;
      delay = delayFunction(attempt, status);
      return !closed && Date.now() + delay < deadline && retryableDecider(attempt, status);
    },
    delayFunction: () => delay,
  });
  return retry(options, (callOptions) => {
    try {
      return nextCall(callOptions);
    } catch (error) {
      if (!last) throw error;
      closed = true;
      return endedCall(last);
    }
  });
};

/** Ends as soon as it is started, as the try before it ended. */
function endedCall(status: Status): Call {
  const call: Pick<Call, 'start' | 'sendMessage' | 'halfClose'> = {
    start: (_metadata, listener) => listener?.onReceiveStatus?.(status),
    sendMessage: () => undefined,
    halfClose: () => undefined,
  };
  return call as Call;
}
