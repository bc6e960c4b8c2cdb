import { TestEnvironment } from 'jest-environment-node'

/** Ends the process with the first test that fails. With `--bail` alone, Jest first runs the rest of the file. */
export default class FirstFailure extends TestEnvironment {
  handleTestEvent({ name }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') process.exit(1)
  }
}
