import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

type Interceptor = ReturnType<typeof makeGrpcRetryInterceptor>;
type Call = ReturnType<Parameters<Interceptor>[1]>;
type Status = Parameters<ReturnType<typeof defaultGrpcRetryOptions>['retryableDecider']>[1];

/**
 * The SDK's retries, with two faults corrected that occur while the server is unreachable: it sleeps between attempts past
 * the call's deadline, and an attempt on a connection closed meanwhile throws from a timer, which ends the process.
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

/** A call that ends as soon as it starts, with the status of the previous attempt. */
function endedCall(status: Status): Call {
  const call: Pick<Call, 'start' | 'sendMessage' | 'halfClose'> = {
    start: (_metadata, listener) => listener?.onReceiveStatus?.(status),
    sendMessage: () => undefined,
    halfClose: () => undefined,
  };
  return call as Call;
}
