export {
  TENSOR_BACKENDS,
  tensorBackend,
  type TensorBackend,
  type TensorBackendName,
  usableTensorBackends,
  useTensorBackend,
} from "./backend";
export type { ChannelStatistics } from "./channel-statistics";
export { registerExactGradients } from "./exact-gradients";
export { gramMatrix, type GramMatrixOptions } from "./gram-matrix";
export { hessianVectorProduct } from "./hessian-vector-product";
export { logSoftmax } from "./log-softmax";
export { residualNetwork, type ResidualNetworkOptions } from "./residual-network";
export { tensorHessianOperator } from "./tensor-hessian-operator";
export { tensorCrossEntropyLoss, tensorHalfSquareLoss, type TensorLoss } from "./tensor-losses";
export type { ImageShape, TensorNetwork } from "./tensor-network";
export {
  tensorOutputs,
  tensorRisk,
  type TensorRisk,
  type TensorRiskEvaluation,
  type TensorRiskOptions,
} from "./tensor-risk";
export {
  type StoppedTensorTrainingError,
  type TensorCheckpoint,
  type TensorTraining,
  type TensorTrainingOptions,
  trainTensorNetwork,
} from "./tensor-training";
export { vgg, type VggOptions } from "./vgg";
